/** Threads that hang or die take one attempt with them, and are replaced. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectOneRestart, faultlessOutput, runWithFault } from '../support/faulty-outputs.ts';
import type { CommittedOutput } from '../support/job-folders.ts';

let expected: CommittedOutput = {};

beforeAll(async () => {
  expected = await faultlessOutput();
});

describe('a slot thread', () => {
  it('in an endless loop is found, ended and replaced', async () => {
    const ended = await runWithFault('hang', {
      host: 'threads',
      configuration: { 'task.stuck.warning': '500 ms', 'task.stuck.timeout': '2 s' },
    });
    const { error } = expectOneRestart(ended, expected);
    expect(error).toMatchObject({ code: 'TASK_STUCK', context: { operatorName: expect.stringContaining('numbers') } });
    expect(error.message).toMatch(/^Slot \d made no progress for \d+ ms in operator '.*numbers.*'$/);
    const warnings = ended.log.filter(({ level, message }) => level === 'warn' && message.includes('made no progress'));
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('that ends itself is replaced', async () => {
    const ended = await runWithFault('exit', { host: 'threads' });
    const { error } = expectOneRestart(ended, expected);
    expect(error).toMatchObject({ code: 'TASK_THREAD_DIED' });
    expect(error.message).toMatch(/exit code 3/);
  });

  it('that dies of an error nobody catches is replaced, and the error is told', async () => {
    const ended = await runWithFault('uncaught', { host: 'threads' });
    const { error } = expectOneRestart(ended, expected);
    expect(error).toMatchObject({ code: 'TASK_THREAD_DIED', cause: { message: 'nobody catches this' } });
  });
});
