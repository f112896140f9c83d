/** Rows by column, in a form that crosses threads cheaply: numbers in buffers that are handed over, few strings. */
export type ColumnValues =
  | { readonly kind: 'number'; readonly values: Float64Array<ArrayBuffer> }
  /** ms since the epoch. */
  | { readonly kind: 'time'; readonly values: Float64Array<ArrayBuffer> }
  | { readonly kind: 'boolean'; readonly values: Uint8Array<ArrayBuffer> }
  /** Each different string once, and for each row which of them. */
  | { readonly kind: 'string'; readonly codes: Uint16Array<ArrayBuffer>; readonly strings: readonly string[] }
  | { readonly kind: 'value'; readonly values: readonly unknown[] };

export interface BatchColumn {
  readonly values: ColumnValues;
  /** 1 for each row that is null; undefined when none is. */
  readonly nulls: Uint8Array<ArrayBuffer> | undefined;
}

export interface ColumnBatch {
  readonly rowCount: number;
  /** In the order of the rows' properties. */
  readonly columns: readonly BatchColumn[];
  readonly names: readonly string[];
}

/** Most rows in one batch: codes of strings are 16 bits. */
export const BATCH_ROWS_MAX = 16_384;

/** What a message hands over instead of copying. */
export function buffersOf(batch: ColumnBatch): readonly ArrayBuffer[] {
  return batch.columns.flatMap(({ values, nulls }) => {
    const buffers: ArrayBuffer[] = nulls === undefined ? [] : [nulls.buffer];
    if (values.kind === 'string') buffers.push(values.codes.buffer);
    else if (values.kind !== 'value') buffers.push(values.values.buffer);
    return buffers;
  });
}
