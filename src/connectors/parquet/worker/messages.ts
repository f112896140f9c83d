/** Between a slot's thread and its helper thread. Both sides import this file; nothing else crosses. */
import type { ErrorRecord } from '../../../base/errors.ts';
import type { ColumnBatch } from '../column-batch.ts';
import type { RowGroupRequest } from '../parquet-decoder.ts';

/** To the helper; `id` is the slot's number of the decoding. */
export type ToHelper =
  | { readonly kind: 'decode'; readonly id: number; readonly request: RowGroupRequest }
  | { readonly kind: 'release'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number };

export type FromHelper =
  | { readonly kind: 'batch'; readonly id: number; readonly batch: ColumnBatch }
  | { readonly kind: 'end'; readonly id: number; readonly storedBytes: number }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorRecord };
