import { describe, expect, it } from 'vitest';
import { ReturnedValues } from './owned.ts';

const TEXT = 'a text that may be a cut of a page';

describe('ReturnedValues', () => {
  it('leaves values without texts as they are, whatever their size', () => {
    const returned = new ReturnedValues();
    const value = { price: 1, bids: Array.from({ length: 500 }, (_, price) => ({ price })) };
    for (let round = 0; round < 300; round++) expect(returned.own(value)).toBe(value);
  });

  it('copies from the first text on that it sees', () => {
    const returned = new ReturnedValues();
    const value = { names: [TEXT] };
    for (let round = 0; round < 3; round++) {
      const owned = returned.own(value);
      expect(owned).not.toBe(value);
      expect(owned).toEqual(value);
    }
  });

  it('sees a text that comes later after a number of values that grows with their size', () => {
    const returned = new ReturnedValues();
    const value: { numbers: number[]; names: string[] } = { numbers: Array.from({ length: 100 }, Number), names: [] };
    expect(returned.own(value)).toBe(value);
    value.names.push(TEXT);
    let unseen = 0;
    while (returned.own(value) === value) unseen++;
    expect(unseen).toBeLessThanOrEqual(26);
  });

  it('refuses what has no end', () => {
    const value: { self?: unknown } = {};
    value.self = value;
    expect(() => new ReturnedValues().own(value)).toThrow(/contains it/);
  });
});
