import { describe, expect, it } from 'vitest';
import { goldenCase } from '../../test/support/golden-case.ts';
import { murmurHash } from './murmur.ts';

describe('murmurHash', () => {
  it('agrees with Flink on every recorded code', () => {
    const { input, output } = goldenCase<{ code: number }, { code: number; murmur: number }>('murmur');
    expect(input.map(({ code }) => ({ code, murmur: murmurHash(code) }))).toEqual(output);
  });
});
