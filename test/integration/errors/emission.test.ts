/** Emitting outside of a call of one's own subtask and attempt. */
import { describe, expect, it } from 'vitest';
import { failureOf, HOSTS, runJob } from '../../support/run-job.ts';

describe.each(HOSTS)('on %s, emitting from', (host) => {
  it.each(['a promise', 'a timer', 'a side output in a timer', 'the call of another subtask'])(
    '%s fails the job of the operator that the collector belongs to',
    async (how) => {
      const error = await failureOf('emitting-late', { host, parameters: { how } });
      expect(error).toMatchObject({
        code: 'EMIT_OUTSIDE_CALL',
        context: { jobName: 'emitting-late', operatorName: 'late', operatorUid: 'late', attemptNumber: 1 },
      });
      expect([0, 1]).toContain(error.context.subtaskIndex);
      expect(error.stack).toContain('emitting-late.ts:');
      expect(error.hint).toContain('never from a promise or timer');
    },
  );
});

describe('emitting from close', () => {
  it('changes nothing and is logged', async () => {
    const parameters = { how: 'close', records: '1' };
    const { result, log } = await runJob('emitting-late', { host: 'inline', parallelism: 1, parameters });
    expect(result).toMatchObject({ outcome: 'FINISHED', recordsOut: 1 });
    const warnings = log.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toEqual([expect.stringContaining("'neighbour' failed: no call of its subtask is in progress")]);
  });
});

/** On the inline host such a promise is a matter of the process, as Node has it. */
describe('on threads, a promise that nobody waits for', () => {
  const parameters = { how: 'is rejected' };

  it('and that is rejected ends the thread, which counts as a failure', async () => {
    const error = await failureOf('leaking', { host: 'threads', parameters });
    expect(error).toMatchObject({ code: 'TASK_THREAD_DIED', context: { jobName: 'leaking' } });
    expect(error.message).toMatch(
      /^Thread of slot [01] ended with an error that nothing caught: nobody waits for this$/,
    );
    expect(error.cause).toMatchObject({ name: 'RangeError', stack: expect.stringContaining('leaking.ts:') });
  });

  it('is the same in the thread that takes its place', async () => {
    const configuration = {
      'restart-strategy.type': 'fixed-delay',
      'restart-strategy.fixed-delay.attempts': '1',
      'restart-strategy.fixed-delay.delay': '1 ms',
    };
    const error = await failureOf('leaking', { host: 'threads', parameters, configuration });
    expect(error).toMatchObject({ code: 'RESTART_SUPPRESSED', cause: { code: 'TASK_THREAD_DIED' } });
  });

  it('and that uses state fails the job with STATE_ACCESS_OUTSIDE_CALL', async () => {
    const error = await failureOf('leaking', { host: 'threads', parameters: { how: 'uses state' } });
    expect(error).toMatchObject({ code: 'STATE_ACCESS_OUTSIDE_CALL', context: { jobName: 'leaking' } });
    expect(error.message).toContain("'seen'");
    expect(error.stack).toContain('leaking.ts:');
  });
});
