import { gzipSync, zstdCompressSync } from 'node:zlib';
import { synchronousDecompression } from '../../src/host/node/node-decompression.ts';
import { FileSource } from '../../src/connectors/files/source/file-source.ts';
import type { Source } from '../../src/base/source.ts';
import { memoryEnvironment } from '../support/memory-environment.ts';
import type { MemoryEnvironment } from '../support/memory-environment.ts';
import { writeFiles } from '../support/write-files.ts';
import { describeSourceContract } from './source.ts';

type Contents = Readonly<Record<string, string | Uint8Array>>;

async function environmentWith(contents: Contents): Promise<MemoryEnvironment> {
  const environment = { ...memoryEnvironment(), decompression: synchronousDecompression };
  await writeFiles(environment.files, contents);
  return environment;
}

function describeFiles(
  name: string,
  contents: Contents,
  source: { make: () => Source<unknown>; expected: readonly unknown[]; isUnbounded?: boolean },
): void {
  describeSourceContract({
    name,
    makeEnvironment: () => environmentWith(contents),
    makeSource: source.make,
    expected: source.expected,
    ...(source.isUnbounded === undefined ? {} : { isUnbounded: source.isUnbounded }),
  });
}

const LINES = Array.from({ length: 23 }, (_, index) => 'line '.repeat(index % 4) + String(index));

describeFiles(
  'FileSource.text with byte-range splits',
  { '/in/a.txt': `${LINES.slice(0, 11).join('\n')}\n`, '/in/b.txt': LINES.slice(11).join('\r\n'), '/in/c.txt': '' },
  { make: () => FileSource.text('/in', { splitSize: 13 }), expected: LINES },
);

describeFiles(
  'FileSource.jsonLines with compressed files',
  {
    '/in/a.jsonl.gz': gzipSync(
      LINES.slice(0, 9)
        .map((line) => JSON.stringify({ line }))
        .join('\n'),
    ),
    '/in/b.jsonl.zst': Buffer.concat(LINES.slice(9).map((line) => zstdCompressSync(`${JSON.stringify({ line })}\n`))),
  },
  { make: () => FileSource.jsonLines('/in/*.jsonl.*', { splitSize: 9 }), expected: LINES.map((line) => ({ line })) },
);

describeFiles(
  'FileSource.csv with line breaks in fields',
  {
    '/in/a.csv': `\uFEFFid,text\n${LINES.map((line, id) => `${id},"${line}\n""\u00fc"""`).join('\n')}`,
    '/in/b.csv': 'id,text\r\n100,x\r\n',
    '/in/c.csv': 'id,text\n',
  },
  {
    make: () => FileSource.csv('/in', { splitSize: 9, types: { id: 'number', text: 'string' } }),
    expected: [...LINES.map((line, id) => ({ id, text: `${line}\n"\u00fc"` })), { id: 100, text: 'x' }],
  },
);

describeFiles(
  'FileSource.csv in splits',
  { '/in/a.csv': `id\n${LINES.map((_, id) => id).join('\n')}\n` },
  {
    make: () => FileSource.csv('/in/a.csv', { multiline: false, splitSize: 9 }),
    expected: LINES.map((_, id) => ({ id: String(id) })),
  },
);

describeFiles(
  'FileSource.jsonArray',
  {
    '/in/a.json': JSON.stringify(LINES, undefined, 2),
    '/in/b.json': '[]',
    '/in/c.json': '[{"a":"]"},[1,[2]] ,-3.5\n]\n',
  },
  { make: () => FileSource.jsonArray('/in', { splitSize: 9 }), expected: [...LINES, { a: ']' }, [1, [2]], -3.5] },
);

describeFiles(
  'FileSource.text of a watched folder',
  { '/in/a.txt': `${LINES.join('\n')}\nnot finished`, '/in/sub/b.txt': 'one\ntwo\n', '/in/.hidden': 'no\n' },
  {
    make: () => FileSource.text('/in', { watch: '20 ms', splitSize: 50 }),
    expected: [...LINES, 'one', 'two'],
    isUnbounded: true,
  },
);
