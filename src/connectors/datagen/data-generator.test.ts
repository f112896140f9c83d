import { describe, expect, it } from 'vitest';
import { DataGenerator } from './data-generator.ts';
import { NumberSequenceSource } from './number-sequence-source.ts';

describe('DataGenerator', () => {
  it('is bounded by its count', () => {
    expect(DataGenerator.of((index) => index).boundedness).toBe('unbounded');
    expect(DataGenerator.of((index) => index, { count: 0 }).boundedness).toBe('bounded');
  });

  it.each([
    { count: -1 },
    { count: 1.5 },
    { count: Number.NaN },
    { recordsPerSecond: 0 },
    { recordsPerSecond: Infinity },
  ])('refuses %j', (options) => {
    expect(() => DataGenerator.of((index) => index, options)).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });
});

describe('NumberSequenceSource', () => {
  it('is known by its bounds', () => {
    expect(new NumberSequenceSource(1, 5).identity()).toEqual(['1 to 5']);
  });

  it('refuses bounds that are no integers', () => {
    expect(() => new NumberSequenceSource(0, 1e300)).toThrow(
      "Making a sequence from '0' to '1e+300' failed: they must be integers",
    );
  });
});
