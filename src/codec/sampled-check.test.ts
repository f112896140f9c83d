import { expect, test } from 'vitest';
import { SampledCheck } from './sampled-check.ts';

test('SampledCheck looks at the first values and at one in 256 of the rest', () => {
  const sample = new SampledCheck();
  const refused: number[] = [];
  for (let index = 0; index < 600; index++) {
    try {
      sample.check(() => {});
    } catch {
      refused.push(index);
    }
  }
  expect(refused).toEqual([...Array.from({ length: 16 }, (_, index) => index), 256, 512]);
});
