/** A job that was edited between two starts: state that does not fit is refused while nothing has changed, all of it in one error. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointFolder, failureOf, HOSTS, runJob } from '../../support/run-job.ts';
import { expectEachCountedOnce, startLine, suspendedJob, warnings } from '../../support/resumable.ts';

const COUNTS = "operator 'counts' (uid 'counts')";

const EDITS = [
  ['another uid', 'STATE_INCOMPATIBLE', [`all state of ${COUNTS} ('count', 'last') has no place in the job`]],
  ['one state less', 'STATE_INCOMPATIBLE', [`state 'last' of ${COUNTS} has no place in the job`]],
  [
    'another kind of state',
    'STATE_INCOMPATIBLE',
    [`state 'count' of ${COUNTS} was a value state and is now a list state`],
  ],
  ['another max parallelism', 'STATE_INCOMPATIBLE', [`the state of ${COUNTS} has max parallelism 128`]],
  ['another hash', 'STATE_INCOMPATIBLE', [`the key of ${COUNTS} was hashed by`, "'plain'"]],
  ['another source', 'SOURCE_CHANGED', ["(uid 'numbers') read 'datagen' and now reads 'sequence 0 to 1999'"]],
] as const;

const HINTS = { STATE_INCOMPATIBLE: '--allow-non-restored-state', SOURCE_CHANGED: '--fresh' };

describe('a job that goes on with', () => {
  it.each(EDITS)('%s is refused with %s, and its former self still goes on', async (edit, code, texts) => {
    const folder = await suspendedJob();
    const before = contentOf(folder);
    const error = await failureOf('resumable', { host: 'inline', folder, parameters: { edit } });
    expect(error).toMatchObject({ code, context: { jobName: 'resumable', checkpointId: expect.any(Number) } });
    expect(error.message).toMatch(
      /^Restoring chk-\d+ of 'resumable' failed, because the job does not fit its state:\n {2}- /,
    );
    for (const text of texts) expect(error.message).toContain(text);
    expect(error.hint).toContain(HINTS[code]);
    expect(contentOf(folder)).toEqual(before);
    const resumed = await runJob('resumable', { host: 'inline', folder });
    expect(startLine(resumed)).toMatch(/^resuming chk-\d+ of 'resumable'/);
    expectEachCountedOnce(folder);
  });

  it('state that nobody takes goes on when that is allowed, and the start says what is left behind', async () => {
    const folder = await suspendedJob();
    const setup = { host: 'inline', folder, parameters: { edit: 'one state less' } } as const;
    const resumed = await runJob('resumable', { ...setup, allowNonRestoredState: true });
    expect(warnings(resumed)).toContainEqual(`State is not restored: state 'last' of ${COUNTS}`);
    expectEachCountedOnce(folder);
  });

  it('a renamed operator starts from nothing when that is allowed', async () => {
    const folder = await suspendedJob();
    const setup = { host: 'inline', folder, parameters: { edit: 'another uid' } } as const;
    const resumed = await runJob('resumable', { ...setup, allowNonRestoredState: true });
    expect(resumed.result.outcome).toBe('FINISHED');
    expect(warnings(resumed)).toContainEqual(`State is not restored: all state of ${COUNTS} ('count', 'last')`);
  });

  it.each(EDITS.slice(2))('%s is refused also when unmatched state may go', async (edit, code) => {
    const folder = await suspendedJob();
    const setup = { host: 'inline', folder, parameters: { edit }, allowNonRestoredState: true } as const;
    expect(await failureOf('resumable', setup)).toMatchObject({ code });
  });
});

describe('a parallelism above the max parallelism of the state', () => {
  it('is refused', async () => {
    const folder = await suspendedJob({ parameters: { edit: 'a low max parallelism' } });
    const error = await failureOf('resumable', { host: 'inline', folder, parallelism: 8 });
    expect(error).toMatchObject({ code: 'PARALLELISM_TOO_HIGH', context: { jobName: 'resumable' } });
    expect(error.message).toContain('is above the max parallelism 4 of its state');
  });
});

describe.each(HOSTS)('on %s, a job that goes on with', (host) => {
  it.each([1, 3])('parallelism %s in the place of 2 counts each number once', async (parallelism) => {
    const folder = await suspendedJob({ host });
    const resumed = await runJob('resumable', { host, folder, parallelism });
    expect(startLine(resumed)).toMatch(/^resuming chk-\d+/);
    expectEachCountedOnce(folder);
  });

  it('one more stateless operator counts each number once', async () => {
    const folder = await suspendedJob({ host });
    await runJob('resumable', { host, folder, parameters: { edit: 'one more stateless operator' } });
    expectEachCountedOnce(folder);
  });
});

/** What a failed start may not change: everything but the lock and what it says of its holder. */
function contentOf(folder: string): readonly string[] {
  const checkpoints = checkpointFolder(folder);
  return readdirSync(checkpoints, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/(^|\/)(lock|running)[^/]*$/.test(name))
    .map((name) => join(checkpoints, name))
    .toSorted();
}
