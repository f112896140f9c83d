/** Values outside the codec's domain, keys that cannot be hashed, values that are changed although they belong to the engine. */
import { describe, expect, it } from 'vitest';
import { failureOf, HOSTS, outputRows, runJob } from '../../support/run-job.ts';

const UNENCODABLE = [
  ['function', "'value.items[0].price' failed: it is a function"],
  ['symbol', "'value[0]' failed: it is a symbol"],
  ['class', "'value.customer' failed: it is an instance of 'NotRegistered', which is not registered"],
  ['cycle', "'value.self.order' failed: it is a reference to an object that contains it"],
  ['promise', "'value.rows' failed: it is a promise"],
  ['sparse', "'value.list[2]' failed: it is a hole in a sparse array"],
  ['accessor', "'value.total' failed: it is an accessor"],
  ['weak map', `'value.get("cache")' failed: it is a WeakMap`],
  ['shared memory', "'value.buffer' failed: it is shared memory"],
] as const;

const UNHASHABLE = [
  ['undefined', 'Key is undefined'],
  ['invalid date', 'Key is an invalid Date'],
  ['map', 'Key is an instance of Map'],
  ['class as key', 'Key is an instance of NotRegistered'],
  ['NaN inside', "Key part 'place[1]' is NaN"],
] as const;

/** State copies what it is given; of an accessor, what it says. */
const UNSTORABLE = UNENCODABLE.filter(([value]) => value !== 'accessor');
/** One of each kind on threads: the checks are the same code, what differs is where they are called. */
const ONE_UNENCODABLE = UNENCODABLE.slice(0, 1);
const ONE_UNHASHABLE = UNHASHABLE.slice(-1);

describe.each([
  { host: 'inline', unencodable: UNENCODABLE, unstorable: UNSTORABLE, unhashable: UNHASHABLE },
  { host: 'threads', unencodable: ONE_UNENCODABLE, unstorable: ONE_UNENCODABLE, unhashable: ONE_UNHASHABLE },
] as const)('on $host', ({ host, unencodable, unstorable, unhashable }) => {
  it.each(unencodable)('emitting a value with a %s fails with the path to it', async (value, text) => {
    const error = await failureOf('strange-values', { host, parameters: { value } });
    expect(error).toMatchObject({
      code: 'VALUE_NOT_SERIALIZABLE',
      message: `Encoding ${text}`,
      context: { jobName: 'strange-values', operatorName: 'deeds', operatorUid: 'deeds', attemptNumber: 1 },
    });
    expect([0, 1]).toContain(error.context.subtaskIndex);
    expect(error.hint).toContain('registerType');
  });

  it.each(unstorable)('putting a value with a %s into state fails with the path to it', async (stored, text) => {
    const error = await failureOf('strange-values', { host, parameters: { stored } });
    expect(error).toMatchObject({
      code: 'VALUE_NOT_SERIALIZABLE',
      message: `Updating state 'strange' failed: Encoding ${text}`,
      context: { jobName: 'strange-values', operatorName: 'keeper', operatorUid: 'keeper', attemptNumber: 1 },
    });
  });

  it.each(unhashable)('a key that is %s fails with the part that is to blame', async (key, text) => {
    const error = await failureOf('strange-values', { host, parameters: { key } });
    expect(error).toMatchObject({
      code: 'KEY_TYPE_UNSUPPORTED',
      context: { jobName: 'strange-values', operatorName: 'deeds', operatorUid: 'deeds', attemptNumber: 1 },
    });
    expect(error.message).toContain(text);
  });
});

const DEEDS = [
  ['ids', 'fills one object again and again'],
  ['deeds', 'changes a field of its input'],
  ['deeds', 'adds to an array of its input'],
  ['deeds', 'sets a date of its input'],
  ['deeds', 'sets an entry of a map of its input'],
  ['deeds', 'changes what it emitted before'],
  ['keeper', 'changes what it put into state and emitted'],
  ['keeper', 'changes a value of state and does not put it back'],
  ['keeper', 'changes a value of state in a later call'],
  ['keeper', 'changes an entry of a map state and does not put it back'],
] as const;

describe.each([
  { host: 'inline', deeds: DEEDS, options: {} },
  { host: 'threads', deeds: [DEEDS[2], DEEDS[8]], options: { checkMutation: true } },
] as const)('where mutation is checked, on $host, a function that', ({ host, deeds, options }) => {
  it.each(deeds)('(%s) %s fails with VALUE_MUTATED', async (operatorUid, deed) => {
    const error = await failureOf('strange-values', { host, ...options, parameters: { deed } });
    expect(error).toMatchObject({
      code: 'VALUE_MUTATED',
      context: { jobName: 'strange-values', operatorName: operatorUid, operatorUid, attemptNumber: 1 },
    });
    expect(error.hint).toContain('Copy the value');
  });
});

describe('where mutation is checked, a key selector that', () => {
  it('gives another key each time is KEY_SELECTOR_NOT_PURE', async () => {
    const parameters = { deed: 'gives another key each time' };
    const error = await failureOf('strange-values', { host: 'inline', parameters });
    expect(error).toMatchObject({
      code: 'KEY_SELECTOR_NOT_PURE',
      context: { jobName: 'strange-values', operatorName: 'keeper', operatorUid: 'keeper', attemptNumber: 1 },
    });
  });
});

describe.each(HOSTS)('on %s', (host) => {
  it('a well-behaved job passes with the check', async () => {
    const { result, folder } = await runJob('strange-values', { host, checkMutation: true });
    expect(result.outcome).toBe('FINISHED');
    expect(outputRows(folder)).toHaveLength(40);
  });
});

describe('without the check', () => {
  it('values that are changed are not looked for', async () => {
    const parameters = { deed: 'adds to an array of its input' };
    const { result } = await runJob('strange-values', { host: 'inline', checkMutation: false, parameters });
    expect(result.outcome).toBe('FINISHED');
  });
});
