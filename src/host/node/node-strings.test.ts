import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { nodeStrings } from './node-strings.ts';

describe('nodeStrings', () => {
  it('round-trips latin1 text at any offset, also in shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(64));
    const text = 'Zürich ÿ\u0000';
    const written = nodeStrings.writeLatin1(shared, text, 5);
    expect(written).toBe(text.length);
    expect(nodeStrings.readLatin1(shared, 5, 5 + written)).toBe(text);
  });

  it('round-trips every string as UTF-16, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new Uint8Array(text.length * 2 + 1);
        nodeStrings.writeUtf16(bytes, text, 1);
        expect(nodeStrings.readUtf16(bytes, 1, 1 + text.length * 2)).toBe(text);
      }),
    );
  });

  it('round-trips well-formed strings as UTF-8 in utf8Length bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const bytes = new Uint8Array(nodeStrings.utf8Length(text));
        expect(nodeStrings.writeUtf8(bytes, text, 0)).toBe(bytes.length);
        expect(nodeStrings.readUtf8(bytes, 0, bytes.length)).toBe(text);
      }),
    );
  });
});
