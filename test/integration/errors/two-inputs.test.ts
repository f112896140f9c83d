/** What goes wrong in functions of two inputs, and in definitions that have them. */
import { describe, expect, it } from 'vitest';
import { failureOf, HOSTS } from '../../support/run-job.ts';

const FAILURES = [
  ['throws for the second input', 'USER_FUNCTION_FAILED', 'no such right'],
  ['returns a promise for the second input', 'PROMISE_NOT_ALLOWED', "Calling processElement2 of operator 'actor'"],
  ['emits later', 'EMIT_OUTSIDE_CALL', "Emitting from operator 'actor' failed"],
  ['returns a promise from map2', 'PROMISE_NOT_ALLOWED', "Calling map2 of operator 'actor'"],
  ['fails in a join', 'USER_FUNCTION_FAILED', 'these two do not go together'],
  ['returns a promise from a join', 'PROMISE_NOT_ALLOWED', "Calling join of operator 'actor'"],
] as const;

describe.each(HOSTS)('on %s', (host) => {
  it.each(FAILURES)('a function that %s fails the job, and the operator is named', async (deed, code, text) => {
    const error = await failureOf('two-misbehaving', { host, parameters: { deed } });
    expect(error).toMatchObject({ code, context: { operatorName: 'actor', operatorUid: 'actor', attemptNumber: 1 } });
    expect(error.message).toContain(text);
  });

  it.each([
    ['promise', 'PROMISE_NOT_ALLOWED'],
    ['undefined', 'KEY_TYPE_UNSUPPORTED'],
  ])('a key selector of the second input that gives %s fails the job', async (what, code) => {
    const parameters = { deed: what === 'promise' ? 'selects a promise' : 'selects undefined' };
    expect(await failureOf('two-misbehaving', { host, parameters })).toMatchObject({ code });
  });

  it.each([
    ['has one uid twice', 'DUPLICATE_UID', "uid 'actor'"],
    ['hashes the two keys differently', 'JOB_DEFINITION_INVALID', "hashed differently, by the default and 'length'"],
  ])('a definition that %s is refused', async (deed, code, text) => {
    const error = await failureOf('two-misbehaving', { host, parameters: { deed } });
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});

describe('where values and keys are checked', () => {
  it('a value of the second input that is changed fails the job', async () => {
    const error = await failureOf('two-misbehaving', {
      host: 'inline',
      parameters: { deed: 'changes a value of the second input' },
    });
    expect(error).toMatchObject({ code: 'VALUE_MUTATED', context: { operatorName: 'actor' } });
  });

  it('a key of the second input that is another one each time fails the job', async () => {
    const error = await failureOf('two-misbehaving', {
      host: 'inline',
      parameters: { deed: 'selects another key each time' },
    });
    expect(error).toMatchObject({ code: 'KEY_SELECTOR_NOT_PURE', context: { operatorName: 'actor' } });
  });
});
