/** The file source over real files and node:zlib, larger than a chunk and than what is prefetched. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Source } from '../../src/base/source.ts';
import { FileSource } from '../../src/connectors/files/source/file-source.ts';
import { nodeEnvironment } from '../../src/host/node/node-environment.ts';
import { FakeSourceJob } from '../support/fake-source-job.ts';
import type { SourceCheckpoint } from '../support/fake-source-job.ts';
import { writeFiles } from '../support/write-files.ts';

const COUNT = 60_000;
const PADDING = 'ü'.repeat(20);

describe('FileSource on disk', () => {
  let folder: string;
  const environment = nodeEnvironment();
  const lines = Array.from({ length: COUNT }, (_, id) => JSON.stringify({ id, padding: PADDING.slice(0, id % 20) }));
  const content = `${lines.join('\n')}\n`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-file-source-'));
    await writeFiles(environment.files, {
      [`${folder}/plain/a.jsonl`]: content,
      [`${folder}/gzip/a.jsonl.gz`]: gzipSync(content),
      [`${folder}/zstd/a.jsonl.zst`]: zstdCompressSync(content),
      [`${folder}/array/a.json`]: `[${lines.join(',\n')}]`,
      [`${folder}/csv/a.csv`]: `id,text\n${Array.from({ length: COUNT }, (_, id) => `${id},"a\n""${id}"""`).join('\n')}`,
      [`${folder}/flat/a.csv`]: `id,text\r\n${Array.from({ length: COUNT }, (_, id) => `${id},é`).join('\r\n')}`,
    });
  });

  afterAll(() => rm(folder, { recursive: true }));

  const sources: readonly (readonly [string, () => Source<unknown>])[] = [
    ['plain', () => FileSource.jsonLines(`${folder}/plain`, { splitSize: '700 kb' })],
    ['gzip', () => FileSource.jsonLines(`${folder}/gzip`)],
    ['zstd', () => FileSource.jsonLines(`${folder}/zstd`)],
    ['array', () => FileSource.jsonArray(`${folder}/array`)],
    ['csv', () => FileSource.csv(`${folder}/csv/*.csv`, { types: { id: 'number' } })],
    [
      'flat',
      () => FileSource.csv(`${folder}/flat`, { types: { id: 'number' }, multiline: false, splitSize: '100 kb' }),
    ],
  ];

  it.each(sources)('reads each record of %s once, over a restore at another parallelism', async (_name, makeSource) => {
    const first = new FakeSourceJob({ source: makeSource(), environment, parallelism: 2 });
    await first.start();
    await first.runUntil(() => first.records.length > COUNT / 3, 1000);
    first.triggerCheckpoint();
    first.deliver();
    await first.close();
    const restored: SourceCheckpoint<unknown> | undefined = first.checkpoint;
    expect(restored?.records.length).toBeGreaterThan(COUNT / 3);

    const second = new FakeSourceJob({ source: makeSource(), environment, parallelism: 3, restored });
    await second.start();
    await second.runToEnd(1000);
    await second.close();
    const ids = second.records.map((record) => (record as { readonly id: number }).id).toSorted((a, b) => a - b);
    expect(ids).toHaveLength(COUNT);
    expect(ids.every((id, index) => id === index)).toBe(true);
  });
});
