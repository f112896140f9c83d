/** Rates are the difference of two snapshots: the counters only grow, and start anew with each attempt. */
import type { JobStatusSnapshot, VertexStatus } from '../job/job-status.ts';

export interface VertexRates {
  readonly name: string;
  readonly parallelism: number;
  readonly runningSubtasks: number;
  readonly finishedSubtasks: number;
  /** Of all subtasks together, since the start of the attempt. */
  readonly recordsIn: number;
  /** Into channels and into sinks. */
  readonly recordsOut: number;
  /** Undefined until there are two snapshots of one attempt. */
  readonly perSecond: { readonly recordsIn: number; readonly recordsOut: number } | undefined;
  /** Of the subtasks' time between the two snapshots, from 0 to 1; undefined where none passed. */
  readonly shares: { readonly busy: number; readonly backPressured: number; readonly idle: number } | undefined;
  /** What the vertex tells those after it; -Infinity before the first watermark. */
  readonly watermarkMs: number;
}

/** @param before an earlier snapshot of the same job; undefined: the first */
export function vertexRates(before: JobStatusSnapshot | undefined, after: JobStatusSnapshot): readonly VertexRates[] {
  const isComparable = before !== undefined && before.attemptNumber === after.attemptNumber;
  // The clock may jump back.
  const elapsedMs = isComparable ? after.atMs - before.atMs : 0;
  const earlier = new Map(isComparable ? before.vertices.map((vertex) => [vertex.vertexId, vertex]) : []);
  return after.vertices.map((vertex) => ratesOf(earlier.get(vertex.vertexId), vertex, elapsedMs));
}

function ratesOf(before: VertexStatus | undefined, after: VertexStatus, elapsedMs: number): VertexRates {
  const { name, parallelism, runningSubtasks, finishedSubtasks, metrics } = after;
  const hasStarted = runningSubtasks + finishedSubtasks > 0;
  return {
    name,
    parallelism,
    runningSubtasks,
    finishedSubtasks,
    recordsIn: recordsIn(after),
    recordsOut: recordsOut(after),
    perSecond: before === undefined || elapsedMs <= 0 ? undefined : perSecond(before, after, elapsedMs),
    shares: before === undefined || elapsedMs <= 0 ? undefined : sharesOf(before, after, elapsedMs),
    // Rows of subtasks that have not begun hold zeros.
    watermarkMs: hasStarted ? metrics.currentOutputWatermark : Number.NEGATIVE_INFINITY,
  };
}

function perSecond(before: VertexStatus, after: VertexStatus, elapsedMs: number): VertexRates['perSecond'] {
  const rate = (count: (vertex: VertexStatus) => number): number =>
    (Math.max(0, count(after) - count(before)) / elapsedMs) * 1000;
  return { recordsIn: rate(recordsIn), recordsOut: rate(recordsOut) };
}

function recordsIn({ metrics }: VertexStatus): number {
  return metrics.numRecordsIn;
}

function recordsOut({ metrics }: VertexStatus): number {
  return metrics.numRecordsOut + metrics.numRecordsSend;
}

/**
 * A slot that sleeps counts its time when it wakes up, and a step when it ends. So what is not accounted for is idle, and what was
 * accounted for late is cut off.
 */
function sharesOf(before: VertexStatus, after: VertexStatus, elapsedMs: number): VertexRates['shares'] {
  const share = (name: 'accumulateBusyTimeMs' | 'accumulateBackPressuredTimeMs'): number =>
    Math.max(0, after.metrics[name] - before.metrics[name]) / (elapsedMs * after.parallelism);
  const busy = Math.min(1, share('accumulateBusyTimeMs'));
  const backPressured = Math.min(1 - busy, share('accumulateBackPressuredTimeMs'));
  return { busy, backPressured, idle: 1 - busy - backPressured };
}
