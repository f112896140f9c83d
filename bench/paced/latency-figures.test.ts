import { describe, expect, it } from 'vitest';
import { latencyFigures } from './latency-figures.ts';
import { LatencyKeeper } from './latency-keeper.ts';
import { machineNowMs } from './machine-clock.ts';

/** So late that what the test takes does not matter to three digits. */
const SECOND_MS = 1000;

function keeperOf(latenessMs: readonly number[], from: number): LatencyKeeper {
  const keeper = LatencyKeeper.of({ from: 10, end: 20 }, 8);
  for (const [index, lateMs] of latenessMs.entries()) keeper.add({ n: from + index, dueMs: machineNowMs() - lateMs });
  return keeper;
}

describe('latencies', () => {
  it('count for the events that are measured, in all subtasks', () => {
    const early = keeperOf([SECOND_MS, SECOND_MS, SECOND_MS], 8);
    const later = keeperOf([SECOND_MS, 100 * SECOND_MS, 100 * SECOND_MS], 18);
    const { results, p50, max } = latencyFigures([early.result(), later.result()]);
    expect(results).toBe(3);
    expect(p50 / SECOND_MS).toBeCloseTo(1, 1);
    expect(max / SECOND_MS).toBeCloseTo(100, 0);
  });

  it('are none when nothing is measured', () => {
    expect(latencyFigures([keeperOf([SECOND_MS], 0).result()])).toMatchObject({ results: 0, max: 0 });
  });
});
