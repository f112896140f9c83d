import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Compressors } from 'hyparquet';

/** What hyparquet does not bring itself (it has SNAPPY). LZO and LZ4 are read by nobody here. */
export const decompressors: Compressors = {
  GZIP: (page) => gunzipSync(page),
  BROTLI: (page) => brotliDecompressSync(page),
  ZSTD: (page) => zstdDecompressSync(page),
};
