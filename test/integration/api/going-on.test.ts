/** Jobs that do not end by themselves, or in parts: canceled, stopped and resumed, and ended at different times. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { writeParquet } from '../../support/parquet-writer.ts';
import { HOSTS, outputRows, runJob, scratchFolder, startJob } from '../../support/run-job.ts';
import type { JobSetup, StartedJob } from '../../support/run-job.ts';

const start = (name: string, folder: string, setup: JobSetup = {}): Promise<StartedJob> =>
  startJob('going-on', {
    ...setup,
    folder,
    parameters: { case: name, notes: join(folder, 'notes'), input: join(folder, 'input'), ...setup.parameters },
  });

const numbersOf = (folder: string): readonly number[] =>
  outputRows(folder)
    .map(Number)
    .toSorted((a, b) => a - b);

const upTo = (end: number): readonly number[] => Array.from({ length: end }, (_, n) => n);

/** Moved in when it is whole. */
function addFile(folder: string, name: string, numbers: readonly number[]): void {
  mkdirSync(join(folder, 'input'), { recursive: true });
  writeFileSync(join(folder, name), numbers.map((n) => `${n}\n`).join(''));
  renameSync(join(folder, name), join(folder, 'input', name));
}

describe.each(HOSTS)('on %s', (host) => {
  it('an endless job is canceled, and its functions are closed', async () => {
    const folder = scratchFolder();
    const { handle, event } = await start('an endless generator', folder, { host });
    await event('checkpoint-completed');
    const result = await handle.cancel();
    expect(result).toMatchObject({ outcome: 'CANCELED' });
    expect(handle.status().status).toBe('CANCELED');
    const notes = readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
    expect(notes.toSorted()).toEqual(['close', 'close', 'open 0', 'open 1']);
    // What was committed is the beginning of the numbers of each subtask.
    const numbers = numbersOf(folder);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('files that come into a watched folder are read once, also while the job is stopped', async () => {
    const folder = scratchFolder();
    addFile(folder, 'a.jsonl', upTo(20));
    const first = await start('a watched folder', folder, { host });
    await eventually(() => numbersOf(folder).length >= 20);
    addFile(folder, 'b.jsonl', [20, 21, 22]);
    await eventually(() => numbersOf(folder).length >= 23);
    expect((await first.handle.suspend()).outcome).toBe('SUSPENDED');

    addFile(folder, 'c.jsonl', [23, 24]);
    const second = await start('a watched folder', folder, { host, parallelism: 3 });
    await eventually(() => numbersOf(folder).length >= 25);
    addFile(folder, 'd.jsonl', [25]);
    // A last line is left until it has its end.
    appendFileSync(join(folder, 'input', 'a.jsonl'), '26\n27\n28');
    await eventually(() => numbersOf(folder).length >= 28);
    appendFileSync(join(folder, 'input', 'a.jsonl'), '\n');
    await eventually(() => numbersOf(folder).length >= 29);
    await second.handle.cancel();
    expect(numbersOf(folder)).toEqual(upTo(29));
  });

  it('subtasks that are done early do not hold up checkpoints, nor does a restore begin them again', async () => {
    const folder = scratchFolder();
    addFile(folder, 'only.jsonl', upTo(60));
    const setup = { host, parallelism: 3, parameters: { rate: '30' } };
    for (const resumedAt of host === 'inline' ? [3, 3, 2] : [3]) {
      const { handle } = await start('one slow file', folder, { ...setup, parallelism: resumedAt });
      await eventually(() => (handle.status().vertices[0]?.finishedSubtasks ?? 0) >= resumedAt - 1);
      const { completedCheckpoints } = handle.status();
      await eventually(() => handle.status().completedCheckpoints > completedCheckpoints + 1);
      await handle.suspend();
    }
    const { result } = await runJobOf('one slow file', folder, { ...setup, parameters: { rate: '1000' } });
    expect(result.outcome).toBe('FINISHED');
    expect(numbersOf(folder)).toEqual(upTo(60));
  });
});

function runJobOf(name: string, folder: string, setup: JobSetup): ReturnType<typeof runJob> {
  const parameters = { case: name, notes: join(folder, 'notes'), input: join(folder, 'input'), ...setup.parameters };
  return runJob('going-on', { ...setup, folder, parameters });
}

describe('a limit of records a second', () => {
  it.each(['a limited collection', 'a limited sequence', 'limited lines', 'limited rows'])(
    'holds for %s',
    async (name) => {
      const folder = scratchFolder();
      mkdirSync(join(folder, 'input'));
      const isParquet = name === 'limited rows';
      if (isParquet) {
        writeFileSync(
          join(folder, 'input', 'a.parquet'),
          writeParquet([{ name: 'id', type: 'INT32', values: upTo(30) }]),
        );
      } else addFile(folder, 'a.jsonl', upTo(30));
      const { result } = await runJobOf(name, folder, { host: 'inline', parameters: { rate: '200' } });
      expect(numbersOf(folder)).toEqual(upTo(30));
      // At 200 a second, of which each of two subtasks has half and saves up no more than for 100 ms.
      expect(result.runtimeMs).toBeGreaterThanOrEqual(100);
    },
  );

  it('does not keep a job from being canceled', async () => {
    const folder = scratchFolder();
    const { handle, event } = await start('a slow endless generator', folder, { host: 'inline' });
    await event('checkpoint-completed');
    expect((await handle.cancel()).outcome).toBe('CANCELED');
    expect(numbersOf(folder)).toEqual([]);
  });
});
