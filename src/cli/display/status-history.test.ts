import { expect, it } from 'vitest';
import { jobStatus, vertexStatus } from '../../../test/support/job-status-fixture.ts';
import type { JobStatusSnapshot } from '../../job/job-status.ts';
import { StatusHistory } from './status-history.ts';

function at(atMs: number, numRecordsIn: number, attemptNumber = 1): JobStatusSnapshot {
  return jobStatus({ atMs, attemptNumber, vertices: [vertexStatus(1, { numRecordsIn })] });
}

it('takes rates over the shortest time that is long enough', () => {
  const history = new StatusHistory(1000);
  const rate = (snapshot: JobStatusSnapshot): number | undefined => history.rates(snapshot)[0]?.perSecond?.recordsIn;
  expect(rate(at(0, 0))).toBeUndefined();
  expect(rate(at(500, 50))).toBe(100);
  expect(rate(at(1000, 150))).toBe(150);
  // Over the last 1000 ms: since 500 ms, not since the beginning.
  expect(rate(at(1500, 1050))).toBe(1000);
  expect(rate(at(9000, 1050))).toBe(0);
});

it('begins anew with each attempt, and when the clock jumps back', () => {
  const history = new StatusHistory(1000);
  history.rates(at(5000, 100));
  expect(history.rates(at(6000, 5, 2))[0]?.perSecond).toBeUndefined();
  expect(history.rates(at(5500, 6, 2))[0]?.perSecond).toBeUndefined();
  expect(history.rates(at(6500, 16, 2))[0]?.perSecond?.recordsIn).toBe(10);
});
