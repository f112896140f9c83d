/** open and close of user functions, whatever happens in between. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { failureOf, HOSTS, rejection, startJob } from '../../support/run-job.ts';
import type { LoggedLine, StartedJob } from '../../support/run-job.ts';

const RESTART_ONCE = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '1',
  'restart-strategy.fixed-delay.delay': '1 ms',
};

/** The calls of one function object, in order. */
function callsOf(log: readonly LoggedLine[], name: string, subtask: number, attempt = 1): readonly string[] {
  const prefix = `${name} of subtask ${subtask}, attempt ${attempt}: `;
  return log.filter(({ message }) => message.startsWith(prefix)).map(({ message }) => message.slice(prefix.length));
}

function troubled(host: 'inline' | 'threads', trouble: string, configuration = {}): Promise<StartedJob> {
  return startJob('lifecycle', { host, parameters: { trouble }, configuration });
}

/** Waits for a call that the job logs. */
async function called({ log }: StartedJob, line: string): Promise<void> {
  await eventually(() => log.some(({ message }) => message === line));
}

describe.each(HOSTS)('on %s, a function', (host) => {
  it('is opened, finished and closed once', async () => {
    const { handle, log } = await troubled(host, 'none');
    await handle.result;
    for (const name of ['first', 'second', 'third'])
      for (const subtask of [0, 1]) expect(callsOf(log, name, subtask)).toEqual(['open', 'finish', 'abort', 'close']);
  });

  it('is closed once after a failure, and the next attempt has another one', async () => {
    const { handle, log } = await troubled(host, 'map throws once', RESTART_ONCE);
    expect((await handle.result).restarts).toBe(1);
    for (const name of ['first', 'second', 'third']) {
      for (const subtask of [0, 1]) {
        // One subtask may have failed before the other one was opened, or after it had come to its end.
        const lives = [[], ['open', 'abort', 'close'], ['open', 'finish', 'abort', 'close']];
        expect(lives).toContainEqual(callsOf(log, name, subtask, 1));
        expect(callsOf(log, name, subtask, 2)).toEqual(['open', 'finish', 'abort', 'close']);
      }
    }
  });

  it.each(['open throws', 'open rejects'])(
    'is closed when its %s, and so is what was opened before it',
    async (trouble) => {
      const { handle, log } = await troubled(host, trouble);
      const error = await rejection(handle.result);
      expect(error).toMatchObject({
        code: 'USER_FUNCTION_FAILED',
        message: 'cannot open',
        context: { jobName: 'lifecycle', operatorName: 'second', operatorUid: 'second', attemptNumber: 1 },
      });
      // Opened from the end of the chain to its head; the first one's turn never came.
      const failed = error.context.subtaskIndex ?? -1;
      expect(callsOf(log, 'third', failed)).toEqual(['open', 'abort', 'close']);
      expect(callsOf(log, 'second', failed)).toEqual(['open', 'abort', 'close']);
      expect(callsOf(log, 'first', failed)).toEqual([]);
      // The other subtask may have come as far, or may have been stopped before.
      expect([0, 3]).toContain(callsOf(log, 'third', 1 - failed).length);
    },
  );

  it('whose open never settles fails with FUNCTION_TIMEOUT and is closed', async () => {
    const { handle, log } = await troubled(host, 'open never settles', {
      'task.function.open-timeout': '200 ms',
      // The other subtask may still be opening: closing waits for it.
      'task.function.close-timeout': '200 ms',
    });
    const error = await rejection(handle.result);
    expect(error).toMatchObject({
      code: 'FUNCTION_TIMEOUT',
      message: "Opening operator 'second' failed: it did not settle within 200 ms",
      context: { jobName: 'lifecycle', operatorName: 'second', operatorUid: 'second', attemptNumber: 1 },
    });
    expect(callsOf(log, 'second', error.context.subtaskIndex ?? -1)).toEqual(['open', 'abort', 'close']);
  });

  it('sees the signal abort on cancel while it opens; nothing is opened after that', async () => {
    const started = await troubled(host, 'open waits for the end');
    for (const subtask of [0, 1]) await called(started, `second of subtask ${subtask}, attempt 1: open`);
    expect((await started.handle.cancel()).outcome).toBe('CANCELED');
    for (const subtask of [0, 1]) {
      expect(callsOf(started.log, 'second', subtask)).toEqual(['open', 'abort', 'close']);
      expect(callsOf(started.log, 'first', subtask)).toEqual([]);
    }
  });

  it.each(['cancel', 'suspend'] as const)('sees the signal abort on %s while it works', async (end) => {
    const started = await startJob('lifecycle', { host, parameters: { records: '1000000', rate: '100' } });
    await called(started, 'first of subtask 1, attempt 1: open');
    await started.handle[end]();
    expect(callsOf(started.log, 'first', 1)).toEqual(['open', 'abort', 'close']);
  });
});

describe('a function whose close', () => {
  it.each([
    ['close throws', 'cannot close'],
    ['close never settles', 'it did not settle within 200 ms'],
  ])('(%s) fails nothing and holds nobody up', async (trouble, text) => {
    const { handle, log } = await troubled('inline', trouble, { 'task.function.close-timeout': '200 ms' });
    expect((await handle.result).outcome).toBe('FINISHED');
    const warnings = log.filter(({ level }) => level === 'warn').map(({ message }) => message);
    const line = `Closing operator 'second' failed: ${text}`;
    expect(warnings).toEqual([line, line]);
    expect(callsOf(log, 'first', 0)).toEqual(['open', 'finish', 'abort', 'close']);
  });
});

describe('a function object that is opened twice', () => {
  const refused = {
    code: 'JOB_DEFINITION_INVALID',
    message:
      "Opening the function of operator 'shared' failed: the same object was opened before; make a new one inside define",
    context: { jobName: 'lifecycle', operatorName: 'shared' },
  };

  it('by two subtasks of a thread is refused', async () => {
    const error = await failureOf('lifecycle', { host: 'inline', parameters: { trouble: 'shared function' } });
    expect(error).toMatchObject(refused);
  });
});
