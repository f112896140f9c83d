/** What the job master tells: events as they happen, the status at any moment, the result at the end. */
import type { Clock } from '../base/environment.ts';
import { toErrorRecord } from '../base/errors.ts';
import type { SubtaskAddress } from '../base/ids.ts';
import { SubtaskMetrics } from '../base/metrics.ts';
import type { CheckpointStatistics as CheckpointHistory } from '../checkpoint/coordinator/checkpoint-statistics.ts';
import type { CheckpointEvent } from '../checkpoint/coordinator/coordinator-options.ts';
import { isCountedFailure } from '../checkpoint/protocol/failure-reasons.ts';
import { jobStatusOf } from './job-master-state.ts';
import type { JobMasterState } from './job-master-state.ts';
import type { JobMasterOptions } from './job-master-options.ts';
import { checkpointStatistics, checkpointSummary } from './job-result.ts';
import type { JobEvent, JobOutcome, JobResult, JobStatusSnapshot, VertexStatus } from './job-status.ts';
import { NO_RECORDS, plusRecords, recordCounts, vertexStatuses } from './vertex-status.ts';

type ReportOptions = Pick<JobMasterOptions, 'graph' | 'environment' | 'jobId' | 'onEvent'>;
type MetricsOf = (subtask: SubtaskAddress) => SubtaskMetrics | undefined;

export class JobReport {
  readonly #options: ReportOptions;
  readonly #history: CheckpointHistory | undefined;
  /** Of the attempts that are over. */
  #records = NO_RECORDS;
  /** Of the latest attempt that is over. */
  #vertices: readonly VertexStatus[] | undefined;
  #startedMs: number | undefined;
  #endedMs: number | undefined;

  /** @param history undefined: the job takes no checkpoints */
  constructor(options: ReportOptions, history: CheckpointHistory | undefined) {
    this.#options = options;
    this.#history = history;
  }

  started(): void {
    this.#startedMs = this.#clock.monotonicMs();
  }

  changed(before: JobMasterState, after: JobMasterState): void {
    const status = jobStatusOf(after);
    if (status !== jobStatusOf(before)) this.tell({ kind: 'status-changed', status });
  }

  /** The attempt is closed; its metrics can be read for the last time. */
  attemptEnded(state: JobMasterState, metricsOf: MetricsOf): void {
    this.#vertices = this.#verticesOf(state, metricsOf);
    this.#records = plusRecords(this.#records, recordCounts(this.#options.graph.jobGraph, this.#vertices));
  }

  checkpoint(event: CheckpointEvent): void {
    if (event.kind === 'completed') {
      this.tell({ kind: 'checkpoint-completed', checkpoint: checkpointStatistics(event.record) });
    } else if (isCountedFailure(event.reason)) {
      // The others are no failures: the checkpoint was given up because something else happened.
      const { checkpointId } = event.record;
      this.tell({ kind: 'checkpoint-failed', checkpointId, reason: event.reason });
    }
  }

  tell(event: JobEvent): void {
    try {
      this.#options.onEvent(event);
    } catch (error) {
      const { logger } = this.#options.environment;
      logger.log('warn', 'A listener of the job threw', { event: event.kind, error: toErrorRecord(error) });
    }
  }

  ended(outcome: JobOutcome, state: JobMasterState): JobResult {
    this.#endedMs = this.#clock.monotonicMs();
    return {
      outcome,
      jobName: this.#options.graph.jobGraph.jobName,
      jobId: this.#options.jobId,
      runtimeMs: this.#runtimeMs,
      restarts: state.restarts,
      ...this.#records,
      ...checkpointSummary(this.#history),
    };
  }

  status(state: JobMasterState, metricsOf: MetricsOf): JobStatusSnapshot {
    const vertices = state.isAttemptLive ? this.#verticesOf(state, metricsOf) : this.#vertices;
    return {
      status: jobStatusOf(state),
      jobName: this.#options.graph.jobGraph.jobName,
      jobId: this.#options.jobId,
      attemptNumber: state.attemptNumber,
      atMs: this.#clock.nowMs(),
      runtimeMs: this.#runtimeMs,
      restarts: state.restarts,
      nextAttemptAtMs: this.#nextAttemptAtMs(state),
      vertices: vertices ?? this.#verticesOf(state, metricsOf),
      checkpointInProgress: (this.#history?.counts.inProgress ?? 0) > 0,
      ...checkpointSummary(this.#history),
    };
  }

  get #clock(): Clock {
    return this.#options.environment.clock;
  }

  get #runtimeMs(): number {
    if (this.#startedMs === undefined) return 0;
    return (this.#endedMs ?? this.#clock.monotonicMs()) - this.#startedMs;
  }

  #verticesOf(state: JobMasterState, metricsOf: MetricsOf): readonly VertexStatus[] {
    const { jobGraph } = this.#options.graph;
    return vertexStatuses(jobGraph, state.progress, (subtask) => metricsOf(subtask) ?? new SubtaskMetrics());
  }

  #nextAttemptAtMs({ phase }: JobMasterState): number | undefined {
    if (phase.kind !== 'restarting') return undefined;
    return this.#clock.nowMs() + Math.max(0, phase.restartAtMs - this.#clock.monotonicMs());
  }
}
