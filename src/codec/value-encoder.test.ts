import { describe, expect, test } from 'vitest';
import { testStrings } from '../../test/support/strings.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { ShapeTable } from './shape-table.ts';
import { ValueDecoder } from './value-decoder.ts';
import { ValueEncoder } from './value-encoder.ts';
import { SHAPE_COUNT_MAX, SHAPE_FIELD_COUNT_MAX, Tag, VALUE_DEPTH_MAX } from './wire-format.ts';

/** One stream with both of its ends. */
class Stream {
  readonly writer = new ByteWriter();
  readonly warnings: string[] = [];
  readonly encoder: ValueEncoder;

  constructor(shapes?: ShapeTable) {
    this.encoder = new ValueEncoder(testStrings, {
      owner: 'clicks',
      onWarning: (message) => this.warnings.push(message),
      ...(shapes === undefined ? {} : { shapes }),
    });
  }

  write(value: unknown): number {
    const before = this.writer.position;
    this.encoder.write(this.writer, value);
    return this.writer.position - before;
  }

  writeAndSeeTag(value: unknown): number | undefined {
    const start = this.writer.position;
    this.write(value);
    return this.writer.bytes[start];
  }

  readAll(): unknown[] {
    const reader = new ByteReader(this.writer.toBytes());
    const decoder = new ValueDecoder(testStrings);
    const values: unknown[] = [];
    while (reader.remaining > 0) values.push(decoder.read(reader));
    return values;
  }
}

describe('shapes', () => {
  test('are written once and referred to afterwards', () => {
    const stream = new Stream();
    const first = stream.write({ city: 1, amount: 1.5 });
    const second = stream.write({ city: 2, amount: 2.5 });
    // tag, id, i32, f64
    expect(second).toBe(14);
    expect(first).toBeGreaterThan(second + 'cityamount'.length);
  });

  test('tell fields in another order and missing fields apart', () => {
    const stream = new Stream();
    const values = [{ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1 }, { a: 1, b: undefined }, {}];
    for (const value of values) stream.write(value);
    expect(stream.readAll().map((value) => JSON.stringify(Object.entries(value as object)))).toEqual(
      values.map((value) => JSON.stringify(Object.entries(value))),
    );
  });

  test('are defined anew when a field holds another kind of value, at most twice a field', () => {
    const stream = new Stream();
    const values = [1, 2, 2.5, 3, 'text', null, 4, [5], 'more', 6.5];
    const tags = values.map((value) => stream.writeAndSeeTag({ value }));
    expect(stream.readAll()).toEqual(values.map((value) => ({ value })));
    expect(tags.flatMap((tag, index) => (tag === Tag.SHAPE ? [values[index]] : []))).toEqual([1, 2.5, 'text']);
    expect(stream.warnings).toEqual([]);
  });

  test(`beyond ${SHAPE_COUNT_MAX} are not learned, with one warning that names the owner`, () => {
    const stream = new Stream();
    const values = Array.from({ length: SHAPE_COUNT_MAX + 50 }, (_, index) => ({ [`key${index}`]: index }));
    for (const value of [...values, ...values]) stream.write(value);
    expect(stream.readAll()).toEqual([...values, ...values]);
    expect(stream.warnings).toHaveLength(1);
    expect(stream.warnings[0]).toContain("'clicks'");
  });

  test(`of more than ${SHAPE_FIELD_COUNT_MAX} fields are not learned, with one warning`, () => {
    const stream = new Stream();
    const wide = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, index]));
    stream.write(wide(SHAPE_FIELD_COUNT_MAX));
    expect(stream.warnings).toEqual([]);
    stream.write(wide(SHAPE_FIELD_COUNT_MAX + 1));
    stream.write(wide(SHAPE_FIELD_COUNT_MAX + 2));
    expect(stream.warnings).toHaveLength(1);
    expect(stream.readAll()).toEqual([0, 1, 2].map((more) => wide(SHAPE_FIELD_COUNT_MAX + more)));
  });

  test('are found again although something is enumerable on Object.prototype', () => {
    const pollution = { value: 1, enumerable: true, configurable: true };
    Object.defineProperty(Object.prototype, 'polluted', pollution);
    const tags: unknown[] = [];
    try {
      const stream = new Stream();
      for (const id of [1, 2, 3]) tags.push(stream.writeAndSeeTag({ id }));
    } finally {
      Reflect.deleteProperty(Object.prototype, 'polluted');
    }
    expect(tags).toEqual([Tag.SHAPE, Tag.OBJECT, Tag.OBJECT]);
  });

  test('shared by two streams are defined in each of them, and again in both after a change', () => {
    const shapes = new ShapeTable();
    const left = new Stream(shapes);
    const right = new Stream(shapes);
    left.write({ id: 1 });
    right.write({ id: 2 });
    right.write({ id: 'three' });
    left.write({ id: 4 });
    left.write({ id: 5 });
    expect(left.readAll()).toEqual([{ id: 1 }, { id: 4 }, { id: 5 }]);
    expect(right.readAll()).toEqual([{ id: 2 }, { id: 'three' }]);
  });
});

describe('reset', () => {
  test('makes what follows readable without what came before', () => {
    const stream = new Stream();
    stream.write({ id: 1 });
    stream.write({ id: 2 });
    stream.encoder.reset();
    stream.writer.clear();
    stream.write({ id: 3 });
    stream.write({ id: 4 });
    expect(stream.readAll()).toEqual([{ id: 3 }, { id: 4 }]);
  });

  test('gives the same bytes for the same values', () => {
    const stream = new Stream();
    const section = (): Uint8Array => {
      stream.writer.clear();
      stream.encoder.reset();
      for (const value of [{ id: 1 }, { id: 2.5 }, { name: 'x' }]) stream.write(value);
      return stream.writer.toBytes();
    };
    expect(section()).toEqual(section());
  });

  test('of a decoder makes it forget the shapes', () => {
    const stream = new Stream();
    stream.write({ id: 1 });
    const definitionEnd = stream.writer.position;
    stream.write({ id: 2 });
    const decoder = new ValueDecoder(testStrings);
    decoder.read(new ByteReader(stream.writer.toBytes()));
    decoder.reset();
    expect(() => decoder.read(new ByteReader(stream.writer.toBytes(), definitionEnd))).toThrow(
      'shape 0 was not defined',
    );
  });
});

describe('a value that is refused', () => {
  test('leaves the stream as it was', () => {
    const stream = new Stream();
    stream.write({ id: 1, text: 'first' });
    const before = stream.writer.position;
    const failing = (): number => stream.write({ id: 2, text: 'second', nested: { fine: 1, wrong: () => 1 } });
    expect(failing).toThrow("'value.nested.wrong'");
    expect(stream.writer.position).toBe(before);
    stream.write({ id: 3, text: 'third', nested: { fine: 1, wrong: 2 } });
    stream.write({ id: 4, text: 'fourth' });
    expect(stream.readAll()).toEqual([
      { id: 1, text: 'first' },
      { id: 3, text: 'third', nested: { fine: 1, wrong: 2 } },
      { id: 4, text: 'fourth' },
    ]);
  });

  test('takes back the shapes that it defined', () => {
    const stream = new Stream();
    for (let id = 0; id < 20; id++) stream.write(id);
    expect(() => stream.write({ first: { depth: 1 }, second: () => 1 })).toThrow("'value.second'");
    stream.writer.clear();
    stream.write({ depth: 2 });
    expect(stream.readAll()).toEqual([{ depth: 2 }]);
  });

  test('is found by the fast path, too, long after the first values', () => {
    const stream = new Stream();
    for (let id = 0; id < 100; id++) stream.write({ id, value: null });
    const cyclic: { id: number; value: unknown } = { id: 1, value: undefined };
    cyclic.value = [cyclic];
    // eslint-disable-next-line no-sparse-arrays -- a sparse array is what is tested
    const sparse = [1, , 3];
    const refused: [unknown, string][] = [
      [() => 1, 'a function'],
      [Symbol('x'), 'a symbol'],
      [Promise.resolve(), 'a promise'],
      [new WeakMap(), 'a WeakMap'],
      [new SharedArrayBuffer(4), 'shared memory'],
      [new Uint8Array(new SharedArrayBuffer(4)), 'a view of shared memory'],
      [new (class Money {})(), "an instance of 'Money', which is not registered"],
      [new (class extends Map {})(), 'which is not registered'],
      [sparse, 'a hole in a sparse array'],
      [cyclic, 'a reference to an object that contains it'],
    ];
    for (const [value, reason] of refused) {
      expect(() => stream.write({ id: 1, value })).toThrow(reason);
    }
    expect(() => stream.write({ id: 1, value: cyclic })).toThrow('value.value.value[0]');
  });

  test('is found in samples where looking at each value would cost too much', () => {
    const stream = new Stream();
    const withAccessor = (): object => ({
      get id(): number {
        return 1;
      },
    });
    expect(() => {
      for (let count = 0; count < 1000; count++) stream.write(count < 300 ? { id: 1 } : withAccessor());
    }).toThrow('an accessor');
  });
});

describe('nesting', () => {
  const nested = (levels: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { inner: value };
    return value;
  };

  test(`to ${VALUE_DEPTH_MAX} levels is carried`, () => {
    const stream = new Stream();
    stream.write(nested(VALUE_DEPTH_MAX));
    expect(stream.readAll()).toEqual([nested(VALUE_DEPTH_MAX)]);
  });

  test('deeper is refused, and the next value is not', () => {
    const stream = new Stream();
    for (let count = 0; count < 100; count++) stream.write(count);
    expect(() => stream.write(nested(VALUE_DEPTH_MAX + 1))).toThrow('nested deeper than');
    expect(() => stream.write(nested(50_000))).toThrow('nested deeper than');
    stream.write(nested(VALUE_DEPTH_MAX));
  });
});
