/** What file sinks leave behind: every record once in complete files under final names, rolled and sorted as asked for. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hourOf, lineOf, RECORDS, sale, SIZE_BYTES } from '../../support/jobs/file-sinks.ts';
import {
  committedFiles,
  filesBelow,
  HOSTS,
  outputFolder,
  runJob,
  scratchFolder,
  startJob,
} from '../../support/run-job.ts';

const SALES = Array.from({ length: RECORDS }, (_, id) => sale(id));
const LINES = SALES.map(lineOf).toSorted();
const JSON_LINES = SALES.map((each) => jsonOf(each)).toSorted();
const CSV_TEXTS: Readonly<Record<string, string>> = {
  'with, "both"': '"with, ""both"""',
  'two\nlines': '"two\nlines"',
  '': '""',
};

function jsonOf({ id, country, text, big, at }: (typeof SALES)[number]): string {
  return `{"id":${id},"country":"${country}","text":${JSON.stringify(text)},"big":${big},"at":"${at.toISOString()}"}`;
}

interface Out {
  readonly path: string;
  readonly files: readonly string[];
  /** Of all files together, in order. */
  readonly lines: readonly string[];
}

function outOf(folder: string, name: string, read = (path: string) => readFileSync(path, 'utf8')): Out {
  const path = join(outputFolder(folder), name);
  const files = committedFiles(path);
  return { path, files, lines: files.flatMap((file) => linesOf(read(file))).toSorted() };
}

/** Every line of a complete file has its end. */
function linesOf(text: string): readonly string[] {
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

function expectAllFiles(folder: string, openFilesMax: number, isResumed = false): void {
  expect(outOf(folder, 'json lines').lines).toEqual(JSON_LINES);

  const csv = outOf(folder, 'csv');
  const records = csv.files.flatMap((file) => {
    const [header, ...lines] = linesOf(readFileSync(file, 'utf8'));
    expect(header).toBe('id,text,big,at');
    return lines;
  });
  const csvLines = SALES.map(({ id, text, big, at }) =>
    [id, text === null ? '' : (CSV_TEXTS[text] ?? text), big, at.toISOString()].join(','),
  );
  expect(records.toSorted()).toEqual(csvLines.flatMap((line) => line.split('\n')).toSorted());

  const plain = outOf(folder, 'csv, plain');
  expect(plain.lines).toEqual(SALES.map(({ id, country }) => `${country};${id}`).toSorted());
  expect(plain.files.every((file) => file.endsWith('.txt'))).toBe(true);

  const text = outOf(folder, 'text');
  expect(text.lines).toEqual(LINES);
  expect(text.files.every((file) => /^lines-.*\.txt$/.test(basename(file)))).toBe(true);

  for (const name of ['by age', 'at checkpoints', 'in buckets']) {
    expect(outOf(folder, name).lines, name).toEqual(LINES);
  }
  // What came after the last checkpoint of a process comes again in the next one.
  const atLeastOnce = outOf(folder, 'at least once').lines;
  expect([...new Set(atLeastOnce)]).toEqual(LINES);
  if (!isResumed) expect(atLeastOnce).toHaveLength(RECORDS);

  const bySize = outOf(folder, 'by size');
  expect(bySize.lines).toEqual(LINES);
  const sizes = bySize.files.map((file) => statSync(file).size);
  expect(Math.max(...sizes)).toBeLessThan(SIZE_BYTES + 10);
  expect(sizes.filter((size) => size < SIZE_BYTES).length).toBeLessThanOrEqual(openFilesMax);

  const packed = outOf(folder, 'packed', (path) => zstdDecompressSync(readFileSync(path)).toString('utf8'));
  expect(packed.lines).toEqual(LINES);
  expect(packed.files.every((file) => file.endsWith('.txt.zst'))).toBe(true);

  const byHour = outOf(folder, 'in buckets');
  for (const file of byHour.files) {
    const hour = relative(byHour.path, dirname(file));
    for (const line of linesOf(readFileSync(file, 'utf8'))) {
      expect(hourOf(sale(Number.parseInt(line, 10)).at.getTime())).toBe(hour);
    }
  }

  const byCountry = outOf(folder, 'in buckets by value');
  expect(byCountry.lines).toEqual(JSON_LINES);
  expect([...new Set(byCountry.files.map((file) => relative(byCountry.path, dirname(file))))].toSorted()).toEqual([
    '',
    'c=NO',
    'c=PT',
  ]);
  expect(filesBelow(outputFolder(folder)).filter((file) => basename(file).startsWith('.'))).toEqual([]);
}

describe.each(HOSTS)('file sinks on %s', (host) => {
  it.each(host === 'inline' ? [1, 2, 3] : [2])('write every record once at parallelism %i', async (parallelism) => {
    const { folder, result } = await runJob('file-sinks', { host, parallelism });
    expect(result).toMatchObject({ outcome: 'FINISHED', recordsOut: 11 * RECORDS });
    expectAllFiles(folder, parallelism);
  });

  it('so they do when the job is stopped and resumed', async () => {
    const folder = scratchFolder();
    for (const parallelism of host === 'inline' ? [2, 1, 3] : [3]) {
      const { handle, event } = await startJob('file-sinks', {
        folder,
        host,
        parallelism,
        parameters: { rate: '2000' },
      });
      await event('checkpoint-completed');
      expect((await handle.suspend()).outcome).toBe('SUSPENDED');
    }
    const { result } = await runJob('file-sinks', { folder, host, parallelism: 2 });
    expect(result.outcome).toBe('FINISHED');
    expectAllFiles(folder, 6, true);
  });
});

describe('file sinks', () => {
  it('without checkpoints write every record once, and nothing is seen before the end', async () => {
    const parameters = { 'without-checkpoints': '', rate: '3000' };
    const { handle, folder } = await startJob('file-sinks', { host: 'inline', parameters });
    await new Promise((resolve) => setImmediate(resolve));
    expect(outOf(folder, 'json lines').files).toEqual([]);
    const result = await handle.result;
    expect(result).toMatchObject({ outcome: 'FINISHED', completedCheckpoints: 0 });
    expectAllFiles(folder, 2);
  });

  it('roll by age, and at checkpoints, while the job goes on', async () => {
    const { folder, result } = await runJob('file-sinks', {
      host: 'inline',
      parallelism: 1,
      parameters: { rate: '2000' },
    });
    expect(result.completedCheckpoints).toBeGreaterThan(2);
    expect(outOf(folder, 'by age').files.length).toBeGreaterThan(2);
    expect(outOf(folder, 'at checkpoints').files.length).toBeGreaterThan(2);
    expect(outOf(folder, 'json lines').files).toHaveLength(1);
  });
});
