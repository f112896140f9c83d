import { expectTypeOf, test } from 'vitest';
import type { Source } from '../../src/base/source.ts';
import { CollectionSource } from '../../src/connectors/collection/collection-source.ts';
import { DataGenerator } from '../../src/connectors/datagen/data-generator.ts';
import { NumberSequenceSource } from '../../src/connectors/datagen/number-sequence-source.ts';
import { FileSource } from '../../src/connectors/files/source/file-source.ts';

interface Order {
  readonly id: string;
  readonly price: number;
}

declare function toOrder(value: unknown): Order;
declare function recordsOf<T>(source: Source<T>): T;

test('JSON sources have the type that parse returns, or the one that the job claims', () => {
  expectTypeOf(recordsOf(FileSource.jsonLines('orders.jsonl', { parse: toOrder }))).toEqualTypeOf<Order>();
  expectTypeOf(recordsOf(FileSource.jsonLines<Order>('orders.jsonl'))).toEqualTypeOf<Order>();
  expectTypeOf(recordsOf(FileSource.jsonLines('orders.jsonl'))).toEqualTypeOf<unknown>();
  expectTypeOf(recordsOf(FileSource.jsonArray('orders.json', { parse: toOrder }))).toEqualTypeOf<Order>();
});

test('text sources emit lines', () => {
  expectTypeOf(recordsOf(FileSource.text(['a.txt', 'b.txt']))).toEqualTypeOf<string>();
  expectTypeOf(recordsOf(FileSource.text('a.txt', { parse: (line) => line.length }))).toEqualTypeOf<number>();
  // @ts-expect-error lines are not numbers
  FileSource.text('a.txt', { parse: (line: number) => line });
});

test('CSV records follow header and types', () => {
  expectTypeOf(recordsOf(FileSource.csv('a.csv'))).toEqualTypeOf<Record<string, string>>();
  expectTypeOf(recordsOf(FileSource.csv('a.csv', { header: true }))).toEqualTypeOf<Record<string, string>>();
  expectTypeOf(recordsOf(FileSource.csv('a.csv', { header: ['id', 'name'] }))).toEqualTypeOf<
    Record<'id' | 'name', string>
  >();
  const types = { id: 'bigint', delay: 'number?', at: 'date', name: 'string' } as const;
  expectTypeOf(recordsOf(FileSource.csv('a.csv', { types, multiline: false }))).toEqualTypeOf<{
    id: bigint;
    delay: number | null;
    at: Date;
    name: string;
  }>();
  expectTypeOf(recordsOf(FileSource.csv('a.csv', { types: { delay: 'number' } }))).toEqualTypeOf<{ delay: number }>();
  expectTypeOf(
    recordsOf(FileSource.csv('a.csv', { types: { delay: 'number' }, parse: (row) => row.delay > 0 })),
  ).toEqualTypeOf<boolean>();
  // @ts-expect-error there is no such type
  FileSource.csv('a.csv', { types: { delay: 'float' } });
  // @ts-expect-error there is no such column
  FileSource.csv('a.csv', { types: { delay: 'number' }, parse: (row) => row.other });
});

test('generated records have the type of their function', () => {
  expectTypeOf(recordsOf(DataGenerator.of((index) => ({ index })))).toEqualTypeOf<{ index: number }>();
  expectTypeOf(recordsOf(CollectionSource.of(['a', 'b']))).toEqualTypeOf<string>();
  expectTypeOf(recordsOf(new NumberSequenceSource(0, 9))).toEqualTypeOf<number>();
});
