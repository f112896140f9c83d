/**
 * Metrics of one subtask: a fixed row of doubles, in shared memory under `threads`, written by the subtask's thread alone and
 * read by anybody at any time. Names are Flink's where Flink has one.
 */
export const SUBTASK_METRICS = [
  'numRecordsIn',
  'numRecordsOut',
  'numBytesIn',
  'numBytesOut',
  /** ms in steps that did work, since the start of the attempt */
  'accumulateBusyTimeMs',
  /** ms in which output overflow, or a sink that is full, kept the subtask from its work */
  'accumulateBackPressuredTimeMs',
  'accumulateIdleTimeMs',
  /** ms since the epoch; -Infinity before the first */
  'currentInputWatermark',
  'currentOutputWatermark',
  'numLateRecordsDropped',
  'numRecordsInErrors',
  'numFiredTimers',
  /** records that wait in output overflow now, and the most that ever did */
  'overflowRecords',
  'overflowRecordsMax',
  /** the longest single step in ms: what a record or barrier may have to wait for user code */
  'longestBlockMs',
  'checkpointAlignmentTimeMs',
  'numRecordsSend',
  'successfulCommittables',
] as const;

export type SubtaskMetricName = (typeof SUBTASK_METRICS)[number];

export const SUBTASK_METRIC_COUNT: number = SUBTASK_METRICS.length;

const INDEX_BY_NAME: ReadonlyMap<string, number> = new Map(SUBTASK_METRICS.map((name, index) => [name, index]));

export class SubtaskMetrics {
  readonly #row: Float64Array;

  /** @param row SUBTASK_METRIC_COUNT doubles */
  constructor(row: Float64Array = new Float64Array(SUBTASK_METRIC_COUNT)) {
    this.#row = row;
  }

  add(name: SubtaskMetricName, amount: number): void {
    const index = metricIndex(name);
    this.#row[index] = (this.#row[index] ?? 0) + amount;
  }

  /** For the record path: `add(name, 1)` with the index of the name resolved once. */
  increment(index: number): void {
    this.#row[index] = (this.#row[index] ?? 0) + 1;
  }

  set(name: SubtaskMetricName, value: number): void {
    this.#row[metricIndex(name)] = value;
  }

  max(name: SubtaskMetricName, value: number): void {
    const index = metricIndex(name);
    if (value > (this.#row[index] ?? 0)) this.#row[index] = value;
  }

  get(name: SubtaskMetricName): number {
    return this.#row[metricIndex(name)] ?? 0;
  }
}

/** For `increment`. */
export function metricIndex(name: SubtaskMetricName): number {
  return INDEX_BY_NAME.get(name) ?? 0;
}
