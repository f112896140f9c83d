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
