import { describe, expect, test } from 'vitest';
import { testStrings } from '../../test/support/strings.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { GatheredStringReader, GatheredStringWriter, textBytes } from './gathered-strings.ts';

/** The texts written, and a reader over their lengths and characters. */
function gather(texts: readonly string[]): { writer: GatheredStringWriter; read: () => string } {
  const writer = new GatheredStringWriter();
  const lengths = new ByteWriter();
  for (const text of texts) writer.write(lengths, text);
  const { units, encoding } = writer;
  const region = new Uint8Array(textBytes(units, encoding));
  writer.writeTo(testStrings, region, 0, encoding);
  const reader = new GatheredStringReader();
  reader.readFrom(testStrings, region, 0, units, encoding);
  const lengthReader = new ByteReader(lengths.toBytes());
  return { writer, read: () => reader.read(lengthReader) };
}

describe('gathered strings', () => {
  test.each([
    [['', 'plain', 'é ÿ'], 1],
    [['plain', '漢', '\ud800', '😀'], 2],
  ])('%j take %i bytes a character', (texts, bytesPerUnit) => {
    const { writer, read } = gather(texts);
    expect(textBytes(1, writer.encoding)).toBe(bytesPerUnit);
    expect(texts.map(() => read())).toEqual(texts);
  });

  test('are cut off at the end of the text, not beyond', () => {
    const reader = new GatheredStringReader();
    reader.readFrom(testStrings, new Uint8Array([65, 66]), 0, 2, 0);
    const lengths = new ByteWriter();
    lengths.u32(3);
    expect(() => reader.read(new ByteReader(lengths.toBytes()))).toThrow('it ends at 3 of 2 characters');
  });
});
