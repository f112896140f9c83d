import { describe, expect, it } from 'vitest';
import { fromErrorRecord, MillraceError, toErrorRecord, withContext } from '../base/errors.ts';
import { plainStyles } from '../metrics/styles.ts';
import { errorReport, userFrames } from './error-report.ts';

const settings = { styles: plainStyles, workingDirectory: '/home/me/app', engineDirectories: ['/opt/millrace/src/'] };

/** For errors made by the tests: all frames are the engine's. */
const withoutFrames = { ...settings, engineDirectories: ['/'] };

const stack = `TypeError: order 42 has no price
    at PriceOf.processElement (file:///home/me/app/jobs/prices.ts:12:11)
    at file:///home/me/shared/lib.ts:3:4
    at async Promise.all (index 0)
    at MapOperator.processElement (file:///opt/millrace/src/operators/map.ts:20:5)
    at load (/home/me/app/node_modules/x/index.js:1:1)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`;

function thrown(): MillraceError {
  const cause = new TypeError('order 42 has no price');
  cause.stack = stack;
  const atOperator = withContext(cause, { operatorName: 'price-of', operatorUid: 'p' }, 'USER_FUNCTION_FAILED');
  return withContext(atOperator, { operatorName: 'chain', subtaskIndex: 1, attemptNumber: 3 }, 'USER_FUNCTION_FAILED');
}

describe('errorReport', () => {
  it('begins with the frame of the user, then tells the place and what to do', () => {
    expect(errorReport(thrown(), settings)).toEqual([
      'error USER_FUNCTION_FAILED: TypeError: order 42 has no price',
      '    at PriceOf.processElement (jobs/prices.ts:12:11)',
      '    at /home/me/shared/lib.ts:3:4',
      "  in     operator 'price-of', subtask 1, attempt 3",
      '  hint   Look at the first frame of the stack: it is in the job',
    ]);
  });

  it('says the same after the error crossed a thread, and looks through what wraps it', () => {
    const crossed = fromErrorRecord(toErrorRecord(thrown()));
    const suppressed = new MillraceError('RESTART_SUPPRESSED', 'Running the job failed: recovery is suppressed', {
      cause: crossed,
      context: { jobName: 'prices' },
    });
    expect(errorReport(suppressed, settings)).toEqual([
      'error RESTART_SUPPRESSED: Running the job failed: recovery is suppressed',
      '    at PriceOf.processElement (jobs/prices.ts:12:11)',
      '    at /home/me/shared/lib.ts:3:4',
      "  in     job 'prices', operator 'price-of', subtask 1, attempt 3",
      '  cause  USER_FUNCTION_FAILED: TypeError: order 42 has no price',
      '  hint   Look at the first frame of the stack: it is in the job',
    ]);
  });

  it('shows no stack for what is wrong outside', () => {
    const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const error = new MillraceError('CHECKPOINT_STORAGE_FAILED', "Writing 'chk-3' failed", { cause });
    expect(errorReport(error, withoutFrames)).toEqual([
      "error CHECKPOINT_STORAGE_FAILED: Writing 'chk-3' failed",
      '  cause  ENOSPC: no space left on device, write',
      '  hint   Look at the cause: space, rights, mount',
    ]);
  });

  it('keeps the lines of a message that lists problems', () => {
    const error = new MillraceError('CONFIG_INVALID', 'Reading the configuration failed:\n  a\n  b');
    expect(errorReport(error, withoutFrames).slice(0, 3)).toEqual([
      'error CONFIG_INVALID: Reading the configuration failed:',
      '  a',
      '  b',
    ]);
  });

  it('shows the whole stack of a bug', () => {
    const error = new MillraceError('INVARIANT_VIOLATED', 'A permit was used twice');
    error.stack = 'MillraceError: x\n    at commit (file:///opt/millrace/src/a.ts:1:2)\n    at node:internal/x:1:1';
    expect(errorReport(error, settings)).toEqual([
      'error INVARIANT_VIOLATED: A permit was used twice',
      '      at commit (file:///opt/millrace/src/a.ts:1:2)',
      '      at node:internal/x:1:1',
      '  hint   Report it with the message and the stack',
    ]);
  });

  it('shows where an error that nobody caught came from', () => {
    const error = new RangeError('boom');
    error.stack = 'RangeError: boom\n    at tick (file:///home/me/app/job.ts:5:6)\n    at node:internal/timers:1:1';
    expect(errorReport(error, settings)).toEqual(['error RangeError: boom', '    at tick (job.ts:5:6)']);
    error.stack = 'RangeError: boom\n    at node:internal/timers:1:1';
    expect(errorReport(error, settings)).toEqual(['error RangeError: boom', '      at node:internal/timers:1:1']);
  });

  it('takes whatever was thrown', () => {
    expect(errorReport('just a text', withoutFrames)[0]).toBe('error just a text');
    expect(errorReport({ toString: () => 'an object' }, withoutFrames)[0]).toBe('error an object');
    expect(errorReport(undefined, withoutFrames)).toEqual(['error nothing is known of it']);
  });

  it('keeps to a few causes, and to one line of each', () => {
    let error: unknown = new Error('innermost');
    for (let level = 9; level > 0; level--) error = new Error(`level ${level}\nmore`, { cause: error });
    const report = errorReport(new MillraceError('INPUT_UNREADABLE', 'Reading failed', { cause: error }), settings);
    expect(report.filter((line) => line.startsWith('  cause'))).toEqual([1, 2, 3, 4].map((n) => `  cause  level ${n}`));
  });

  it('keeps secrets out', () => {
    const error = new MillraceError('INPUT_UNREADABLE', 'Reading https://u:pw@h failed', {
      cause: new Error('token=abc'),
    });
    expect(errorReport(error, settings).join('\n')).not.toMatch(/pw|abc/);
  });
});

it('userFrames takes nothing for a frame that is none', () => {
  expect(
    userFrames('at home\n    at x (index 0)\n    at eval (eval at y (file:///a.ts:1:1), <anonymous>:1:1)', settings),
  ).toEqual([]);
});
