import fc from 'fast-check';

/** Strings as they occur: short and long, latin1 and not, with lone surrogates. */
export function arbitraryText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
    fc.string({ unit: fc.integer({ min: 0x80, max: 0xff }).map((unit) => String.fromCharCode(unit)), maxLength: 20 }),
  );
}

export function arbitraryName(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('a', 'b', 'c', 'id', 'name'),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      '',
      '0',
      '17',
      'a b',
      "it's",
      '"',
      '\\',
      '${x}',
      '\u2028',
      'é',
      '漢',
      '\ud800',
    ),
    arbitraryText(),
  );
}

export function arbitraryNumber(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 2 ** 53, -(2 ** 53), 5e-324),
  );
}

function arbitraryBigint(): fc.Arbitrary<bigint> {
  return fc.oneof(
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
    fc.constantFrom(0n, -1n, 2n ** 63n, 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) - 1n),
  );
}

function arbitraryView(): fc.Arbitrary<object> {
  return fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.int8Array({ maxLength: 5 }),
    fc.uint8ClampedArray({ maxLength: 5 }),
    fc.int16Array({ maxLength: 5 }),
    fc.uint16Array({ maxLength: 5 }),
    fc.int32Array({ maxLength: 5 }),
    fc.uint32Array({ maxLength: 5 }),
    fc.float32Array({ maxLength: 5 }),
    fc.float64Array({ maxLength: 5 }),
    fc.bigInt64Array({ maxLength: 5 }),
    fc.bigUint64Array({ maxLength: 5 }),
    fc.uint8Array({ maxLength: 8 }).map((bytes) => bytes.slice().buffer),
    fc.uint8Array({ minLength: 4, maxLength: 9 }).map((bytes) => bytes.subarray(1, 3)),
    fc.array(fc.integer({ min: -60000, max: 60000 }), { maxLength: 4 }).map((items) => Float16Array.from(items)),
  );
}

function arbitraryLeaf(): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: arbitraryNumber() },
    { weight: 4, arbitrary: arbitraryText() },
    { weight: 2, arbitrary: fc.constantFrom(null, undefined, true, false) },
    arbitraryBigint(),
    fc.oneof(fc.date({ noInvalidDate: false }), fc.constant(new Date(NaN))),
    arbitraryView(),
  );
}

/** Any value of the codec's domain. */
export function arbitraryValue(): fc.Arbitrary<unknown> {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      arbitraryLeaf(),
      tie('object'),
      fc.array(tie('value'), { maxLength: 6 }),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
      fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
    ),
    object: fc
      .tuple(
        fc.boolean(),
        fc.uniqueArray(fc.tuple(arbitraryName(), tie('value')), { selector: ([name]) => name, maxLength: 7 }),
      )
      .map(([hasPrototype, entries]) => plainObject(entries, hasPrototype)),
  }));
  return value;
}

/** Objects that share few shapes and differ in the kinds of their fields. */
export function arbitraryRecord(): fc.Arbitrary<object> {
  const field = fc.oneof(arbitraryNumber(), arbitraryText(), fc.boolean(), fc.constant(null));
  return fc
    .record(
      { id: fc.integer(), amount: arbitraryNumber(), name: arbitraryText(), flag: fc.boolean(), extra: field },
      { requiredKeys: ['id', 'amount'] },
    )
    .map((record) => ({ ...record }));
}

function plainObject(entries: readonly (readonly [string, unknown])[], hasPrototype: boolean): object {
  const object: object = hasPrototype ? {} : (Object.create(null) as object);
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  }
  return object;
}
