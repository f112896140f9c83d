import { expect, test } from 'vitest';
import { defaultMaxParallelism } from './max-parallelism.ts';

test.each([
  [1, 128],
  [85, 128],
  [86, 256],
  [128, 256],
  [171, 256],
  [172, 512],
  [21_845, 32_768],
  [32_768, 32_768],
])('parallelism %i gets max parallelism %i by default', (parallelism, maxParallelism) => {
  expect(defaultMaxParallelism(parallelism)).toBe(maxParallelism);
});
