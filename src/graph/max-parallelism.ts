/** Highest max parallelism (number of key groups), as in Flink. */
export const MAX_PARALLELISM_LIMIT: number = 2 ** 15;
const DEFAULT_MAX_PARALLELISM_MIN = 2 ** 7;

/** Flink's default for an operator without one: room to grow by half, never under 128 key groups. */
export function defaultMaxParallelism(parallelism: number): number {
  const wanted = parallelism + Math.floor(parallelism / 2);
  let powerOfTwo = DEFAULT_MAX_PARALLELISM_MIN;
  while (powerOfTwo < wanted && powerOfTwo < MAX_PARALLELISM_LIMIT) powerOfTwo *= 2;
  return powerOfTwo;
}
