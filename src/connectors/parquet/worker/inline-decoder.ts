import type { Environment } from '../../../base/environment.ts';
import type { ParquetDecoder } from '../parquet-decoder.ts';
import { RowGroupQueue } from './row-group-queue.ts';

/** Decodes in this thread, from the environment's files. */
export function openDecoder(environment: Environment): ParquetDecoder {
  const queue = new RowGroupQueue((path) => environment.files.open(path, 'read'));
  return {
    decode: (request, listener) => queue.add(request, listener),
    close: () => queue.idle(),
  };
}
