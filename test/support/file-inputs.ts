/** Input files of all kinds, and what is in them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { timestamp, writeParquet } from './parquet-writer.ts';

export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly amount: number;
}

export const order = (id: number): Order => ({
  id,
  customer: `Kunde ${id % 13} ${'ä'.repeat(id % 5)}€`,
  amount: (id * 37) % 1000,
});

const orders = (from: number, to: number): readonly Order[] =>
  Array.from({ length: to - from }, (_, index) => order(from + index));
const jsonLines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const A = orders(0, 90);
const B = orders(90, 200);
const C = orders(200, 230);
const ALL = [...A, ...B, ...C];

const PLAIN_ROWS = Array.from({ length: 120 }, (_, id) => ({
  id,
  amount: id / 8,
  note: id % 7 === 0 ? null : `note ${id}`,
  at: Date.UTC(2024, 0, 1) + id * 1000,
  big: `9${'0'.repeat(20)}${id}`,
}));
const QUOTED_ROWS = Array.from({ length: 60 }, (_, id) => ({
  id: String(id),
  text: ['plain', 'with, comma', 'with "quotes"', 'on\ntwo lines', 'on\r\ntwo lines', ' spaces ', ''][id % 7] ?? '',
}));
const NOTES = Array.from({ length: 80 }, (_, id) => (id % 9 === 0 ? '' : `${id} ${'é🌍'.repeat(id % 4)}`));
const PARQUET_ROWS = Array.from({ length: 250 }, (_, id) => ({
  id,
  name: id % 11 === 0 ? null : `name ${id % 17}`,
  amount: id / 4,
  at: Date.UTC(2020, 0, 1) + id * 60_000,
}));

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** What each branch of the job reads, by output. */
export const EXPECTED: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  'json lines, in pieces': { main: ALL },
  'json lines, one by name': { main: B },
  'json lines, by pattern': { main: [...B, ...C] },
  'json lines, included': { main: B },
  'json lines, packed by gzip': { main: ALL },
  'json lines, packed by zstd': { main: ALL },
  'json lines, parsed': { main: ALL.map(({ id }) => id * 2) },
  'json lines, some malformed': {
    main: C.slice(0, 20),
    malformed: [
      { line: 6, text: '{"id":' },
      { line: 13, text: 'nothing' },
    ],
  },
  'json array': { main: ALL },
  'csv, in pieces': { main: PLAIN_ROWS },
  'csv, quoted': { main: QUOTED_ROWS },
  'csv, without header': {
    main: [
      { a: '1', b: 'x;y' },
      { a: '2', b: "it's" },
    ],
  },
  text: { main: NOTES },
  'text, latin1': { main: ['déjà', 'vu'] },
  parquet: { main: PARQUET_ROWS },
};

/** Writes all of it below `folder`. */
export function writeInputs(folder: string): void {
  const [c0 = '', ...restOfC] = C.slice(0, 20).map((value) => JSON.stringify(value));
  const malformedLines = [
    c0,
    ...restOfC.slice(0, 4),
    '{"id":',
    ...restOfC.slice(4, 10),
    'nothing',
    ...restOfC.slice(10),
  ];
  const plain = PLAIN_ROWS.map(({ id, amount, note, at, big }) =>
    [id, amount, note ?? '', new Date(at).toISOString(), 'unused', big].join(','),
  );
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'orders/a.jsonl': jsonLines(A),
    'orders/2024/b.jsonl': jsonLines(B).trimEnd(),
    'orders/2024/c.jsonl': jsonLines(C).replaceAll('\n', '\r\n'),
    'orders/.hidden.jsonl': 'not to be read',
    'orders/_temporary/d.jsonl': 'not to be read',
    'packed/orders.jsonl.gz': gzipSync(jsonLines(ALL)),
    'packed/orders.jsonl.zst': Buffer.concat([
      zstdCompressSync(jsonLines(A)),
      zstdCompressSync(jsonLines([...B, ...C])),
    ]),
    'malformed.jsonl': malformedLines.join('\n'),
    'orders.json': JSON.stringify(ALL, undefined, 1),
    'plain.csv': ['id,amount,note,at,other,big', ...plain].join('\n'),
    'quoted.csv': ['id,text', ...QUOTED_ROWS.map(({ id, text }) => `${id},${quoted(text)}`)].join('\r\n'),
    'headless.csv': "1;'x;y'\n2;'it''s'\n",
    'notes.txt': NOTES.map((line) => `${line}\n`).join(''),
    'latin1.txt': Buffer.from('déjà\nvu\n', 'latin1'),
    'parquet/first.parquet': parquetOf(PARQUET_ROWS.slice(0, 100)),
    'parquet/second.parquet': parquetOf(PARQUET_ROWS.slice(100)),
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

function parquetOf(rows: typeof PARQUET_ROWS): Uint8Array {
  return writeParquet(
    [
      { name: 'id', type: 'INT32', values: rows.map(({ id }) => id), isRequired: true },
      { name: 'name', type: 'BYTE_ARRAY', converted: 0, values: rows.map(({ name }) => name), isDictionary: true },
      {
        name: 'at',
        type: 'INT64',
        values: rows.map(({ at }) => BigInt(at) * 1000n),
        logical: timestamp('MICROS', false),
        isRequired: true,
      },
      { name: 'amount', type: 'DOUBLE', values: rows.map(({ amount }) => amount), isRequired: true },
    ],
    { rowGroupRows: 30, pageRows: 11, codec: 'ZSTD', hasStatistics: true },
  );
}
