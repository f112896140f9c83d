/**
 * Decoding of row groups, behind an interface because it blocks for some 100 ms a row group: in production a helper thread of
 * the slot does it, in the simulator and for debugging it happens in the slot's thread. Both are in worker/, which alone knows
 * Node. One decoder serves one reader.
 */
import type { Environment } from '../../base/environment.ts';
import type { ColumnBatch } from './column-batch.ts';
import type { FileVersion } from './parquet-file.ts';
import { loadHyparquet } from './load-hyparquet.ts';
import type { ColumnSettings } from './parquet-settings.ts';

/** Plain data. */
export interface RowGroupRequest {
  readonly file: FileVersion;
  readonly rowGroup: number;
  /** Rows of the group that are not wanted any more. */
  readonly fromRow: number;
  readonly columns: ColumnSettings;
}

/** Called from the event loop, never within `decode`, and not after `close` of the decoding. */
export interface RowGroupListener {
  onBatch(batch: ColumnBatch): void;
  /** After the last batch. */
  onEnd(storedBytes: number): void;
  onError(error: unknown): void;
}

export interface RowGroupDecoding {
  /** A batch was used up: one more may come. At most BATCHES_AHEAD are out at any time. */
  release(): void;
  /** No more calls to the listener. */
  close(): void;
}

export interface ParquetDecoder {
  /** Row groups are decoded in the order of the calls. */
  decode(request: RowGroupRequest, listener: RowGroupListener): RowGroupDecoding;
  /** Settles when nothing is open any more. */
  close(): Promise<void>;
}

/** Batches of one row group that may wait for the reader. */
export const BATCHES_AHEAD = 4;

export type DecoderKind = 'thread' | 'inline';

interface DecoderModule {
  openDecoder(environment: Environment): ParquetDecoder;
}

// Variables, so that the compilation without Node's types does not follow them.
const MODULES: Readonly<Record<DecoderKind, string>> = {
  thread: './worker/thread-decoder.ts',
  inline: './worker/inline-decoder.ts',
};

/** @throws PEER_DEPENDENCY_MISSING */
export async function openDecoder(environment: Environment, kind: DecoderKind): Promise<ParquetDecoder> {
  await loadHyparquet();
  const module: DecoderModule = await import(MODULES[kind]);
  return module.openDecoder(environment);
}
