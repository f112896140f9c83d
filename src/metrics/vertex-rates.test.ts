import { describe, expect, it } from 'vitest';
import { jobStatus, vertexStatus } from '../../test/support/job-status-fixture.ts';
import { vertexRates } from './vertex-rates.ts';

const atMs = 1_000_000;

describe('vertexRates', () => {
  it('are the difference of two snapshots over the time between them', () => {
    const before = jobStatus({
      atMs,
      vertices: [vertexStatus(1, { numRecordsIn: 100, numRecordsOut: 10, accumulateBusyTimeMs: 1000 })],
    });
    const after = jobStatus({
      atMs: atMs + 500,
      vertices: [
        vertexStatus(1, {
          numRecordsIn: 1100,
          numRecordsOut: 60,
          numRecordsSend: 25,
          accumulateBusyTimeMs: 1600,
          accumulateBackPressuredTimeMs: 100,
          accumulateIdleTimeMs: 300,
          currentOutputWatermark: 42,
        }),
      ],
    });
    expect(vertexRates(before, after)).toEqual([
      expect.objectContaining({
        recordsIn: 1100,
        recordsOut: 85,
        perSecond: { recordsIn: 2000, recordsOut: 150 },
        shares: { busy: 0.6, backPressured: 0.1, idle: expect.closeTo(0.3, 5) as number },
        watermarkMs: 42,
      }),
    ]);
  });

  it('count time that nobody accounted for as idle, and never more than there was', () => {
    const before = jobStatus({ atMs, vertices: [vertexStatus(1), vertexStatus(2)] });
    const after = jobStatus({
      atMs: atMs + 1000,
      vertices: [
        vertexStatus(1, { accumulateBusyTimeMs: 500 }),
        vertexStatus(2, { accumulateBusyTimeMs: 5000, accumulateBackPressuredTimeMs: 9000 }),
      ],
    });
    expect(vertexRates(before, after).map(({ shares }) => shares)).toEqual([
      { busy: 0.25, backPressured: 0, idle: 0.75 },
      { busy: 1, backPressured: 0, idle: 0 },
    ]);
  });

  it.each([
    ['the first snapshot', undefined],
    ['another attempt', jobStatus({ atMs: atMs - 1000, attemptNumber: 0, vertices: [vertexStatus(1)] })],
    ['no time between', jobStatus({ atMs, vertices: [vertexStatus(1)] })],
    ['a clock that jumped back', jobStatus({ atMs: atMs + 9, vertices: [vertexStatus(1)] })],
  ])('are not known with %s', (_, before) => {
    const after = jobStatus({ atMs, vertices: [vertexStatus(1, { numRecordsIn: 7 })] });
    expect(vertexRates(before, after)).toEqual([
      expect.objectContaining({ recordsIn: 7, perSecond: undefined, shares: undefined }),
    ]);
  });

  it('have no watermark before a subtask runs: its row still holds zeros', () => {
    const after = jobStatus({ vertices: [vertexStatus(1, { currentOutputWatermark: 0 }, { runningSubtasks: 0 })] });
    expect(vertexRates(undefined, after)[0]?.watermarkMs).toBe(Number.NEGATIVE_INFINITY);
  });
});
