/** A user function that throws, or returns a promise where none is allowed: one error that names the place. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureOf, HOSTS, jobUrl, runJob } from '../../support/run-job.ts';
import type { HostKind } from '../../support/run-job.ts';

const CHAIN_HEAD = { operatorName: 'numbers', operatorUid: 'numbers' };

/** By name of the function: the operator that the error names. */
const PLACES: Readonly<Record<string, { readonly operatorName: string; readonly operatorUid: string }>> = {
  timestamps: CHAIN_HEAD,
  map: { operatorName: 'mapped', operatorUid: 'mapped' },
  filter: { operatorName: 'filtered', operatorUid: 'filtered' },
  flatMap: { operatorName: 'flat-mapped', operatorUid: 'flat-mapped' },
  process: { operatorName: 'processed', operatorUid: 'processed' },
  keySelector: { operatorName: 'processed', operatorUid: 'processed' },
  reduce: { operatorName: 'reduced', operatorUid: 'reduced' },
  processElement: { operatorName: 'timed', operatorUid: 'timed' },
  onTimer: { operatorName: 'timed', operatorUid: 'timed' },
  finish: { operatorName: 'timed', operatorUid: 'timed' },
  aggregate: { operatorName: 'windowed', operatorUid: 'windowed' },
};

const CASES = Object.entries(PLACES).map(([where, place]) => ({ where, place }));
/** The path of an error is the same for all functions of an operator, so threads get one of each kind. */
const CASES_ON_THREADS = CASES.filter(({ where }) => ['map', 'keySelector', 'onTimer'].includes(where));
const BY_HOST = HOSTS.map((host) => ({ host, cases: host === 'inline' ? CASES : CASES_ON_THREADS }));

/** Line of the job module that throws. */
const THROWING_LINE =
  readFileSync(jobUrl('misbehaving'), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes("throw new TypeError('broken on purpose')")) + 1;

describe.each(BY_HOST)('on $host, a function that throws', ({ host, cases }) => {
  it.each(cases)('in $where fails the job with its place and its own stack', async ({ where, place }) => {
    const error = await failureOf('misbehaving', { host, parameters: { where, how: 'throw' } });
    expect(error).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      message: 'broken on purpose',
      context: { ...jobContext(), ...place, attemptNumber: 1 },
      cause: { name: 'TypeError', message: 'broken on purpose' },
    });
    expect([0, 1]).toContain(error.context.subtaskIndex);
    expect(firstFrame(error.cause)).toContain(`misbehaving.ts:${THROWING_LINE}:`);
  });

  it('in open fails it before the first record', async () => {
    const error = await failureOf('misbehaving', { host, parameters: { where: 'open', how: 'throw' } });
    expect(error).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      context: { operatorUid: 'timed', attemptNumber: 1 },
      cause: { message: 'broken on purpose' },
    });
    expect(firstFrame(error.cause)).toContain('misbehaving.ts:');
  });

  it('in close is logged and fails nothing', async () => {
    const { result, log } = await runJob('misbehaving', { host, parameters: { where: 'close', how: 'throw' } });
    expect(result.outcome).toBe('FINISHED');
    const warnings = log.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warnings).toContainEqual(expect.stringContaining("Closing operator 'timed' failed: broken on purpose"));
  });
});

describe.each(BY_HOST)('on $host, a function that returns a promise', ({ host, cases }) => {
  it.each(cases)('from $where fails the job and no restart is tried', async ({ where, place }) => {
    const error = await failureOf('misbehaving', {
      host,
      parameters: { where, how: 'promise' },
      configuration: { 'restart-strategy.type': 'fixed-delay', 'restart-strategy.fixed-delay.delay': '1 ms' },
    });
    expect(error).toMatchObject({
      code: 'PROMISE_NOT_ALLOWED',
      context: { ...jobContext(), ...place, attemptNumber: 1 },
    });
    expect(error.message).toContain('returned a promise');
    expect(error.hint).toContain('synchronous');
  });
});

describe('a function that throws in each attempt', () => {
  const restarts = { 'restart-strategy.type': 'fixed-delay', 'restart-strategy.fixed-delay.delay': '1 ms' };

  it('fails the job when the strategy gives up, with the last failure as the cause', async () => {
    const setup = { host: 'inline' as HostKind, parameters: { where: 'map', how: 'throw' } };
    const error = await failureOf('misbehaving', {
      ...setup,
      configuration: { ...restarts, 'restart-strategy.fixed-delay.attempts': '2' },
    });
    expect(error).toMatchObject({
      code: 'RESTART_SUPPRESSED',
      context: { ...jobContext(), operatorUid: 'mapped', attemptNumber: 3 },
      cause: { code: 'USER_FUNCTION_FAILED', cause: { message: 'broken on purpose' } },
    });
  });
});

function jobContext(): object {
  return { jobName: 'misbehaving', jobId: expect.stringMatching(/^[0-9a-f]{32}$/) };
}

function firstFrame(error: unknown): string {
  const frames = error instanceof Error ? (error.stack ?? '') : '';
  return frames.split('\n').find((line) => line.trimStart().startsWith('at ')) ?? frames;
}
