import { describe, expect, it } from 'vitest';
import { countFailure, countSuccess, isCountedFailure, NO_FAILURES } from './failure-reasons.ts';
import type { CheckpointFailureReason, FailureCounter } from './failure-reasons.ts';

function count(
  counter: FailureCounter,
  checkpointId: number,
  tolerable: number,
  reason: CheckpointFailureReason = 'expired',
) {
  return countFailure(counter, { checkpointId, reason, tolerable });
}

describe('consecutive checkpoint failures', () => {
  it.each(['io-exception', 'async-exception', 'expired', 'finalize-failure'] as const)('count %s', (reason) => {
    expect(isCountedFailure(reason)).toBe(true);
    expect(count(NO_FAILURES, 1, 0, reason).isExceeded).toBe(true);
  });

  it.each([
    'task-not-ready',
    'task-closing',
    'canceled-by-marker',
    'subsumed',
    'input-end-of-stream',
    'trigger-failure',
    'not-all-tasks-running',
    'too-many-requests',
    'coordinator-suspend',
    'coordinator-shutdown',
    'failover',
  ] as const)('do not count %s', (reason) => {
    expect(count(NO_FAILURES, 1, 0, reason)).toEqual({ counter: NO_FAILURES, isExceeded: false });
  });

  it('exceed what is tolerated with one more, and then start anew', () => {
    const first = count(NO_FAILURES, 1, 2);
    const second = count(first.counter, 2, 2);
    const third = count(second.counter, 3, 2);
    expect([first.isExceeded, second.isExceeded, third.isExceeded]).toEqual([false, false, true]);
    expect(third.counter.count).toBe(0);
  });

  it('count each checkpoint once', () => {
    const first = count(NO_FAILURES, 1, 1);
    expect(count(first.counter, 1, 1)).toEqual({ counter: first.counter, isExceeded: false });
  });

  it('are forgotten by a success, and older checkpoints say nothing after it', () => {
    const failed = count(NO_FAILURES, 1, 1).counter;
    const succeeded = countSuccess(failed, 3);
    expect(count(succeeded, 2, 0).isExceeded).toBe(false);
    expect(count(succeeded, 4, 0).isExceeded).toBe(true);
  });

  it('never exceed an infinite tolerance', () => {
    let counter = NO_FAILURES;
    for (let id = 1; id < 100; id++) counter = count(counter, id, Infinity).counter;
    expect(counter.count).toBe(99);
  });
});
