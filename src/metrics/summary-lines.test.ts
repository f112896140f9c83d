import { describe, expect, it } from 'vitest';
import { checkpointStatistics, jobResult, jobStatus } from '../../test/support/job-status-fixture.ts';
import { plainStyles } from './styles.ts';
import { summaryLines, summaryOfFailure, summaryOfResult } from './summary-lines.ts';

const context = {
  startLine: "resuming chk-41 of 'totals'",
  guarantees: ['a → b: exactly-once', 'a → c: none'],
  resumeCommand: 'millrace run job.ts',
};

describe('summaryLines', () => {
  it('tell what a finished job did', () => {
    expect(summaryLines(summaryOfResult(jobResult({ lateRecordsDropped: 3 })), context, plainStyles)).toEqual([
      'totals FINISHED after 12 s',
      '  records       3,000,000 in, 83,021 out, 250 k/s',
      '  late records  3 dropped',
      '  restarts      0',
      '  checkpoints   12 completed, 0 failed',
      '  guarantees    a → b: exactly-once',
      '                a → c: none',
    ]);
  });

  it('tell how a suspended job goes on', () => {
    const lines = summaryLines(summaryOfResult(jobResult({ outcome: 'SUSPENDED' })), context, plainStyles);
    expect(lines[0]).toBe('totals SUSPENDED after 12 s');
    expect(lines.at(-1)).toBe('  to go on         millrace run job.ts');
  });

  it('tell what is known of a job that failed', () => {
    const snapshot = jobStatus({
      status: 'FAILED',
      restarts: 4,
      completedCheckpoints: 1,
      lastCheckpoint: checkpointStatistics(7),
    });
    expect(summaryLines(summaryOfFailure(snapshot), { ...context, guarantees: [] }, plainStyles)).toEqual([
      'totals FAILED after 12 s',
      '  restarts         4',
      '  checkpoints      1 completed, 0 failed',
      '  last checkpoint  /checkpoints/job/chk-7 (4.2 MB, took 35 ms)',
      '  to go on         millrace run job.ts',
    ]);
  });

  it('tell where a job goes on that took no checkpoint', () => {
    const suspended = summaryOfResult(
      jobResult({ outcome: 'SUSPENDED', completedCheckpoints: 0, lastCheckpoint: undefined }),
    );
    expect(summaryLines(suspended, context, plainStyles)).toContain(
      "  last checkpoint  none since the start, which was: resuming chk-41 of 'totals'",
    );
    const unstarted = summaryLines(suspended, { ...context, startLine: undefined }, plainStyles);
    expect(unstarted.join('\n')).not.toContain('last checkpoint');
  });

  it('do not say how to resume a canceled job', () => {
    const lines = summaryLines(summaryOfResult(jobResult({ outcome: 'CANCELED' })), context, plainStyles);
    expect(lines.join('\n')).not.toContain('to go on');
  });
});
