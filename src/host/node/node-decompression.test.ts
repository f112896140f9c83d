import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { StreamDecompression } from '../../base/environment.ts';
import { nodeDecompression, synchronousDecompression } from './node-decompression.ts';

const IMPLEMENTATIONS: readonly (readonly [string, StreamDecompression])[] = [
  ['nodeDecompression', nodeDecompression],
  ['synchronousDecompression', synchronousDecompression],
];

const COMPRESS = { gzip: gzipSync, zstd: zstdCompressSync } as const;

/** A skippable frame of zstd, as pzstd writes them: magic, length, content. */
const SKIPPABLE = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9);

function pullPieces(bytes: Uint8Array, pieceBytes: number): () => Promise<Uint8Array | undefined> {
  let position = 0;
  return () => {
    const piece = bytes.subarray(position, position + pieceBytes);
    position += piece.length;
    return Promise.resolve(piece.length === 0 ? undefined : piece);
  };
}

async function readAll(
  decompression: StreamDecompression,
  kind: 'gzip' | 'zstd',
  pull: () => Promise<Uint8Array | undefined>,
): Promise<Buffer> {
  const decompressor = decompression.open(kind, pull);
  const pieces: Uint8Array[] = [];
  for (let piece = await decompressor.read(); piece !== undefined; piece = await decompressor.read()) {
    expect(piece.length).toBeGreaterThan(0);
    pieces.push(piece);
  }
  decompressor.close();
  return Buffer.concat(pieces);
}

describe.each(IMPLEMENTATIONS)('%s', (_name, decompression) => {
  it.each(['gzip', 'zstd'] as const)('joins the members of a %s file, wherever the pieces are cut', async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 40 }),
        async (members, pieceBytes) => {
          const compressed = Buffer.concat(members.map((member) => COMPRESS[kind](member)));
          const read = await readAll(decompression, kind, pullPieces(compressed, pieceBytes));
          expect(read).toEqual(Buffer.concat(members));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('passes over skippable frames', async () => {
    const compressed = Buffer.concat([
      SKIPPABLE,
      zstdCompressSync('one,'),
      SKIPPABLE,
      zstdCompressSync('two'),
      SKIPPABLE,
    ]);
    expect(String(await readAll(decompression, 'zstd', pullPieces(compressed, 1000)))).toBe('one,two');
  });

  it('gives large contents in several pieces', async () => {
    const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
    expect((await readAll(decompression, 'gzip', pullPieces(gzipSync(content), 4096))).equals(content)).toBe(true);
  });

  it.each(['gzip', 'zstd'] as const)('rejects a %s file that is cut off', async (kind) => {
    const compressed = COMPRESS[kind]('some content that is long enough');
    await expect(readAll(decompression, kind, pullPieces(compressed.subarray(0, -3), 8))).rejects.toThrow(
      'unexpected end of file',
    );
  });

  it.each(['gzip', 'zstd'] as const)('rejects what is not %s', async (kind) => {
    await expect(readAll(decompression, kind, pullPieces(Buffer.from('plain text'), 4))).rejects.toThrow(
      /header check|Unknown|not compressed|frame descriptor/,
    );
  });

  it('rejects with what pull rejects with', async () => {
    await expect(readAll(decompression, 'gzip', () => Promise.reject(new Error('disk gone')))).rejects.toThrow(
      'disk gone',
    );
  });

  it('stops pulling when it is closed', async () => {
    let pulls = 0;
    const compressed = zstdCompressSync('x');
    const decompressor = decompression.open('zstd', () => {
      pulls++;
      return Promise.resolve(pulls === 1 ? compressed : undefined);
    });
    decompressor.close();
    decompressor.close();
    await decompressor.read().catch(() => undefined);
    expect(pulls).toBeLessThanOrEqual(1);
  });
});
