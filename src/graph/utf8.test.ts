import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Bytes } from './utf8.ts';

test('utf8Bytes agrees with the platform for every well-formed text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect([...utf8Bytes(text)]).toEqual([...new TextEncoder().encode(text)]);
    }),
  );
});

test("a lone surrogate becomes '?', as in Java", () => {
  expect([...utf8Bytes('a\ud800b')]).toEqual([0x61, 0x3f, 0x62]);
});
