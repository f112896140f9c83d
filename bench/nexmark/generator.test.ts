import { describe, expect, it } from 'vitest';
import { CheckValue, fnv1a } from './check-value.ts';
import { eventAt, keyAt, rowOf } from './generator.ts';
import { BLOCK, CHANNELS, PRICES } from './tables.ts';

function sumOf(rows: Iterable<string>): number {
  const check = new CheckValue();
  for (const row of rows) check.add(row);
  return check.sum;
}

describe('check values', () => {
  it('are FNV-1a-32 over UTF-8', () => {
    expect(fnv1a('')).toBe(0x811c9dc5);
    expect(fnv1a('foobar')).toBe(0xbf9cf968);
    expect(fnv1a('é')).toBe(Math.imul(Math.imul(0x811c9dc5 ^ 0xc3, 0x01000193) ^ 0xa9, 0x01000193) >>> 0);
  });

  it('of parts add up, in any order', () => {
    const whole = new CheckValue();
    for (const row of ['a', 'b', 'c']) whole.add(row);
    const [first, second] = [new CheckValue(), new CheckValue()];
    for (const row of ['c', 'a']) first.add(row);
    second.add('b');
    second.addAll(first);
    expect(second).toMatchObject({ rows: whole.rows, sum: whole.sum });
  });
});

describe('the workload', () => {
  it('has the tables that every engine has', () => {
    expect(fnv1a(BLOCK)).toBe(3_740_898_502);
    expect(sumOf(PRICES.map(String))).toBe(3_590_463_353);
    expect(sumOf(CHANNELS.map(({ name, url }) => `${name}|${url}`))).toBe(2_803_893_817);
  });

  it('has the events that every engine has', { timeout: 60_000 }, () => {
    const checks = { person: new CheckValue(), auction: new CheckValue(), bid: new CheckValue() };
    for (let n = 0; n < 1_000_000; n++) {
      const event = eventAt(n);
      checks[event.kind].add(rowOf(event));
    }
    expect({ rows: checks.person.rows, sum: checks.person.sum }).toEqual({ rows: 20_000, sum: 2_048_765_254 });
    expect({ rows: checks.auction.rows, sum: checks.auction.sum }).toEqual({ rows: 60_000, sum: 4_086_748_080 });
    expect({ rows: checks.bid.rows, sum: checks.bid.sum }).toEqual({ rows: 920_000, sum: 2_441_708_914 });
  });

  it('has the keys that every engine has', () => {
    const check = new CheckValue();
    for (let n = 0; n < 1_000_000; n++) check.add(`${n}|${keyAt(n, 1_000_000)}`);
    expect(check.sum).toBe(212_826_956);
  });
});
