import { describe, expect, it } from 'vitest';
import { VOID_NAMESPACE } from '../../base/keyed-state.ts';
import type { KeyedStateBackend, Namespace, TimeDomain, TimerEntry } from '../../base/keyed-state.ts';
import { testStrings } from '../../../test/support/strings.ts';
import { HashmapStateBackend } from '../hashmap/hashmap-state-backend.ts';
import { keyGroupOf } from '../key-groups.ts';

const MAX_PARALLELISM = 8;
const ALL = Number.MAX_SAFE_INTEGER;

class Timers {
  readonly backend: KeyedStateBackend = new HashmapStateBackend({
    keyGroups: { start: 0, end: MAX_PARALLELISM - 1 },
    maxParallelism: MAX_PARALLELISM,
    strings: testStrings,
  });

  register(key: unknown, timestampMs: number, options: { domain?: TimeDomain; namespace?: Namespace } = {}): void {
    const { domain = 'event-time', namespace = VOID_NAMESPACE } = options;
    this.backend.setCurrentKey(key, keyGroupOf(key, MAX_PARALLELISM));
    this.backend.timers.register(domain, namespace, timestampMs);
  }

  delete(key: unknown, timestampMs: number): void {
    this.backend.setCurrentKey(key, keyGroupOf(key, MAX_PARALLELISM));
    this.backend.timers.delete('event-time', VOID_NAMESPACE, timestampMs);
  }

  fire(
    untilMs: number,
    onTimer: (timer: TimerEntry) => void = () => undefined,
    limit: number = ALL,
  ): [unknown, number][] {
    const fired: [unknown, number][] = [];
    this.backend.timers.fire('event-time', untilMs, limit, (timer) => {
      fired.push([timer.key, timer.timestampMs]);
      onTimer(timer);
    });
    return fired;
  }
}

/** Texts of one key group, so that order within it can be told. */
function keysOfOneGroup(count: number): string[] {
  const texts = Array.from({ length: count * 50 }, (_, index) => `key-${index}`);
  return texts.filter((text) => keyGroupOf(text, MAX_PARALLELISM) === 3).slice(0, count);
}

describe('KeyedTimerService', () => {
  it('fires in order of time what is due, once', () => {
    const timers = new Timers();
    for (const timestampMs of [30, 10, 20, 10]) timers.register('a', timestampMs);
    expect(timers.fire(20)).toEqual([
      ['a', 10],
      ['a', 20],
    ]);
    expect(timers.fire(20)).toEqual([]);
    expect(timers.backend.timers.next('event-time')).toBe(30);
  });

  it('fires timers of one time in order of key groups, then of registration', () => {
    const timers = new Timers();
    const keys = Array.from({ length: 60 }, (_, index) => index);
    for (const key of keys) timers.register(key, 5);
    const order = keys.toSorted((a, b) => keyGroupOf(a, MAX_PARALLELISM) - keyGroupOf(b, MAX_PARALLELISM) || a - b);
    expect(timers.fire(5).map(([key]) => key)).toEqual(order);
  });

  it('tells timers apart by key, namespace, time and domain', () => {
    const timers = new Timers();
    timers.register('a', 1);
    timers.register('a', 1, { namespace: 1000 });
    timers.register('a', 1, { namespace: '1000' });
    timers.register('a', 1, { domain: 'processing-time' });
    timers.register(5, 1);
    timers.register('5', 1);
    timers.register('5', 1);
    expect(timers.backend.entryCount).toBe(6);
    expect(timers.fire(1)).toHaveLength(5);
    expect(timers.backend.timers.next('processing-time')).toBe(1);
  });

  it('fires with its key and key group current, and none afterwards', () => {
    const timers = new Timers();
    timers.register(['x', 1], 7, { namespace: 'w' });
    const seen: unknown[] = [];
    timers.fire(7, (timer) => seen.push(timer, timers.backend.currentKey, timers.backend.currentKeyGroup));
    const keyGroup = keyGroupOf(['x', 1], MAX_PARALLELISM);
    expect(seen).toEqual([{ key: ['x', 1], keyGroup, namespace: 'w', timestampMs: 7 }, ['x', 1], keyGroup]);
    expect(timers.backend.currentKey).toBeUndefined();
  });

  it('stops at the limit and goes on where it stopped', () => {
    const timers = new Timers();
    for (let timestampMs = 0; timestampMs < 5; timestampMs++) timers.register('a', timestampMs);
    const fire = (): boolean => timers.backend.timers.fire('event-time', 3, 2, () => undefined);
    expect([fire(), fire()]).toEqual([false, true]);
    expect(fire()).toBe(true);
    expect(timers.backend.timers.next('event-time')).toBe(4);
  });

  it('deletes timers, and registers them again behind the others', () => {
    const timers = new Timers();
    const [a, b, c] = keysOfOneGroup(3);
    for (const key of [a, b, c]) timers.register(key, 1);
    timers.delete(a, 1);
    timers.delete(b, 1);
    timers.delete(b, 1);
    timers.register(a, 1);
    expect(timers.fire(1)).toEqual([
      [c, 1],
      [a, 1],
    ]);
  });

  it('keeps many timers of one time apart', () => {
    const timers = new Timers();
    const keys = keysOfOneGroup(40);
    for (const key of [...keys, ...keys]) timers.register(key, 1);
    timers.register(keys[20], 1, { namespace: 'w' });
    for (const key of keys.slice(0, 25)) timers.delete(key, 1);
    timers.register(keys[0], 1);
    expect(timers.fire(1).map(([key]) => key)).toEqual([...keys.slice(25), keys[20], keys[0]]);
    expect(timers.backend.entryCount).toBe(0);
  });

  it('fires timers that are registered meanwhile and due in the same round, in order of time', () => {
    const timers = new Timers();
    timers.register('a', 10);
    timers.register('b', 12);
    const fired = timers.fire(30, ({ key, timestampMs }) => {
      if (timestampMs !== 10 || key !== 'a') return;
      for (const next of [7, 14, 1010]) timers.backend.timers.register('event-time', VOID_NAMESPACE, next);
    });
    expect(fired).toEqual([
      ['a', 10],
      ['a', 7],
      ['b', 12],
      ['a', 14],
    ]);
  });

  it('fires a timer that registers itself again once more', () => {
    const timers = new Timers();
    timers.register('a', 10);
    let again = 3;
    const fired = timers.fire(10, () => {
      if (again-- > 0) timers.backend.timers.register('event-time', VOID_NAMESPACE, 10);
    });
    expect(fired).toHaveLength(4);
  });

  it('takes the ends of time as times', () => {
    const timers = new Timers();
    timers.register('a', Number.POSITIVE_INFINITY);
    timers.register('b', Number.NEGATIVE_INFINITY);
    expect(timers.fire(1_000_000).map(([key]) => key)).toEqual(['b']);
    expect(timers.fire(Number.POSITIVE_INFINITY).map(([key]) => key)).toEqual(['a']);
  });

  it.each([Number.NaN, 1.5, 2 ** 60])('refuses %s as a time', (timestampMs) => {
    expect(() => new Timers().register('a', timestampMs)).toThrow(
      expect.objectContaining({ code: 'TIMESTAMP_INVALID' }),
    );
  });

  it('does not grow with timers that are replaced before they fire', () => {
    const timers = new Timers();
    for (let timestampMs = 0; timestampMs < 2000; timestampMs++) {
      timers.delete('a', timestampMs - 1);
      timers.register('a', timestampMs);
    }
    expect(timers.backend.entryCount).toBe(1);
    expect(timers.fire(ALL)).toEqual([['a', 1999]]);
  });
});
