/** Where a subtask's records come from: the reader of a source, or a gate of channels. */
export interface SubtaskInput {
  /** Takes up to `limit` records; false when there was nothing to take. */
  poll(limit: number): boolean;
  /** All of it is used up: nothing follows. */
  readonly isEnded: boolean;
  readonly recordsRead: number;
  /** Undefined: a source's reader counts them itself, in the same metric. */
  readonly bytesRead: number | undefined;
}
