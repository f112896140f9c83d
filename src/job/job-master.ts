/**
 * The job master: carries out what job-master-transition.ts decides. Runs on the main thread; events are worked off one at a
 * time, in order, also those that arise while a command is carried out.
 *
 * An attempt is over when its subtasks and enumerators are closed and no checkpoint is being finalized: only then is the latest
 * completed checkpoint what the pointer log says, and only then may the next attempt be restored or the end be recorded.
 */
import { must, unreachable } from '../base/assert.ts';
import type { LogLevel, TimerHandle } from '../base/environment.ts';
import { MillraceError, toErrorRecord, withContext } from '../base/errors.ts';
import type { ErrorRecord } from '../base/errors.ts';
import { subtaskKey } from '../base/ids.ts';
import { CheckpointCoordinator } from '../checkpoint/coordinator/checkpoint-coordinator.ts';
import type { StopReason, SubtaskView } from '../checkpoint/coordinator/coordinator-state.ts';
import { JobAttempt } from './job-attempt.ts';
import type { JobAttemptListener } from './job-attempt.ts';
import type { JobCheckpointing, JobMasterOptions } from './job-master-options.ts';
import { initialJobMasterState } from './job-master-state.ts';
import type { JobMasterCommand, JobMasterEvent, JobMasterState, RecordedOutcome } from './job-master-state.ts';
import { transition } from './job-master-transition.ts';
import { JobReport } from './job-report.ts';
import { jobError, requestedCheckpoint } from './job-result.ts';
import type { CheckpointStatistics, JobOutcome, JobResult, JobStatusSnapshot } from './job-status.ts';

export class JobMaster {
  /** Settles when the job has ended and nothing of it touches the storage any more; rejects when it FAILED. */
  readonly result: Promise<JobResult>;
  readonly #options: JobMasterOptions;
  readonly #settle: PromiseWithResolvers<JobResult> = Promise.withResolvers();
  readonly #coordinator: CheckpointCoordinator | undefined;
  readonly #report: JobReport;
  #state: JobMasterState;
  #attempt: JobAttempt | undefined;
  /** Settles when the coordinator has given up the checkpoints of the attempt. */
  #stopping: Promise<void> | undefined;
  #restartTimer: TimerHandle | undefined;
  /** Events that came while another one was worked off. */
  readonly #queue: JobMasterEvent[] = [];
  #isWorking = false;
  #isCrashed = false;

  constructor(options: JobMasterOptions) {
    this.#options = options;
    this.result = this.#settle.promise;
    // Whoever asks for the result gets the failure; a job that nobody asks about must not end the process by it.
    this.result.catch(() => {});
    this.#state = initialJobMasterState({
      subtaskCount: options.graph.subtasks.length,
      isCheckpointingEnabled: options.checkpointing !== undefined,
    });
    this.#coordinator = options.checkpointing === undefined ? undefined : this.#makeCoordinator(options.checkpointing);
    this.#report = new JobReport(options, this.#coordinator?.statistics);
  }

  start(): void {
    this.#report.started();
    this.#dispatch({ kind: 'start' });
  }

  /** Nothing is deleted, the next start resumes. Settles with the job's own end if that comes first. */
  suspend(): Promise<JobResult> {
    this.#dispatch({ kind: 'suspend' });
    return this.result;
  }

  /** The next start is a new run. */
  cancel(): Promise<JobResult> {
    this.#dispatch({ kind: 'cancel' });
    return this.result;
  }

  status(): JobStatusSnapshot {
    return this.#report.status(this.#state, (subtask) => this.#attempt?.metrics(subtask));
  }

  /** A checkpoint as soon as there is room. @throws CHECKPOINT_FAILED */
  async triggerCheckpoint(): Promise<CheckpointStatistics> {
    const coordinator = this.#coordinator;
    if (coordinator === undefined) {
      throw new MillraceError('CHECKPOINT_FAILED', 'Taking a checkpoint failed: the job has no checkpointing');
    }
    return requestedCheckpoint(await coordinator.triggerNow(), coordinator.statistics);
  }

  #dispatch(event: JobMasterEvent): void {
    this.#queue.push(event);
    if (this.#isWorking || this.#isCrashed) return;
    this.#isWorking = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#workOff(next);
    } catch (error) {
      this.#crash(error);
    } finally {
      this.#isWorking = false;
    }
  }

  #workOff(event: JobMasterEvent): void {
    const before = this.#state;
    const { state, commands } = transition(before, event, this.#options.environment.clock.monotonicMs());
    this.#state = state;
    this.#report.changed(before, state);
    for (const command of commands) this.#execute(command);
  }

  #execute(command: JobMasterCommand): void {
    switch (command.kind) {
      case 'deploy':
        return this.#do(this.#deploy(command.attemptNumber));
      case 'start-checkpointing':
        return this.#coordinator?.start(this.#subtaskViews());
      case 'drain-checkpoints':
        return this.#do(this.#drainCheckpoints());
      case 'stop-checkpointing':
        this.#stopping = this.#coordinator?.stop(this.#stopReason());
        return;
      case 'end-attempt':
        return this.#do(this.#endAttempt(command.attemptNumber));
      case 'ask-restart-strategy':
        return this.#askRestartStrategy();
      case 'arm-restart-timer':
        this.#restartTimer = this.#options.environment.timers.after(command.delayMs, () =>
          this.#dispatch({ kind: 'restart-due' }),
        );
        return;
      case 'disarm-restart-timer':
        return this.#restartTimer?.cancel();
      case 'record-outcome':
        return this.#do(this.#recordOutcome(command.outcome));
      case 'report-failure':
        return this.#reportFailure(command.error, command.restartInMs);
      case 'report-further-failure':
        return this.#log('warn', `One more failure: ${command.error.message}`, this.#fieldsOf(command.error));
      case 'settle':
        return this.#do(this.#end(command.outcome, command.error));
      default:
        return unreachable(command);
    }
  }

  async #deploy(attemptNumber: number): Promise<void> {
    this.#attempt = undefined;
    this.#stopping = undefined;
    try {
      const { checkpointing } = this.#options;
      const checkpoint = this.#coordinator?.latestCompleted;
      const attempt = new JobAttempt({
        ...this.#options,
        attemptNumber,
        restore: checkpoint === undefined ? undefined : checkpointing?.planRestore(checkpoint),
        listener: this.#attemptListener(attemptNumber),
      });
      this.#attempt = attempt;
      await attempt.deploy();
    } catch (error) {
      this.#failed(attemptNumber, toErrorRecord(error));
    }
  }

  #attemptListener(attemptNumber: number): JobAttemptListener {
    return {
      subtaskStatus: (subtask, status) => {
        this.#dispatch({ kind: 'subtask-status', attemptNumber, subtask: subtaskKey(subtask), status });
        this.#coordinator?.subtaskStatus(subtask, status);
      },
      checkpointAcknowledged: (subtask, checkpointId, snapshot) =>
        this.#coordinator?.acknowledge(subtask, checkpointId, snapshot),
      checkpointDeclined: (subtask, checkpointId, reason, error) =>
        this.#coordinator?.decline(subtask, checkpointId, reason, error),
      failed: (error) => this.#failed(attemptNumber, error),
      collected: this.#options.onCollected,
      log: (level, message, fields) => this.#log(level, message, fields),
    };
  }

  async #drainCheckpoints(): Promise<void> {
    await this.#coordinator?.suspend();
    this.#dispatch({ kind: 'checkpoints-drained' });
  }

  async #endAttempt(attemptNumber: number): Promise<void> {
    const attempt = this.#attempt;
    await attempt?.end(() => this.#report.attemptEnded(this.#state, (subtask) => attempt.metrics(subtask)));
    // Also when checkpoints have not begun: stopping looks whether a process that fails has lost the job.
    await (this.#stopping ?? this.#coordinator?.stop(this.#stopReason()));
    this.#dispatch({ kind: 'attempt-ended', attemptNumber });
  }

  #askRestartStrategy(): void {
    const { restart, environment } = this.#options;
    const { delayMs } = restart.onFailure(environment.clock.monotonicMs());
    this.#dispatch({ kind: 'restart-decided', delayMs, strategy: restart.description });
  }

  async #recordOutcome(outcome: RecordedOutcome): Promise<void> {
    try {
      await this.#coordinator?.close();
      await this.#appendEnd(outcome);
      this.#dispatch({ kind: 'outcome-recorded' });
    } catch (error) {
      this.#dispatch({ kind: 'outcome-not-recorded', error: toErrorRecord(error) });
    }
  }

  async #appendEnd(outcome: RecordedOutcome): Promise<void> {
    const { checkpointing, graph, jobId } = this.#options;
    if (checkpointing === undefined) return;
    const how = outcome === 'FINISHED' ? 'finished' : 'canceled';
    const published = await checkpointing.storage.end(how, checkpointing.retentionAtEnd);
    if (published.kind === 'permitted') return;
    const { jobName } = graph.jobGraph;
    throw new MillraceError(
      'JOB_FENCED',
      `Recording that job '${jobName}' is ${outcome} failed: epoch ${published.byEpoch ?? 'of another process'} owns it`,
      { context: { jobId, jobName } },
    );
  }

  async #end(outcome: JobOutcome, error: ErrorRecord | undefined): Promise<void> {
    await this.#coordinator?.close();
    const result = this.#report.ended(outcome, this.#state);
    if (outcome === 'FAILED') this.#settle.reject(jobError(error));
    else this.#settle.resolve(result);
  }

  #reportFailure(error: ErrorRecord, restartInMs: number | undefined): void {
    const what = restartInMs === undefined ? 'Job failed' : `Attempt failed, next one in ${Math.round(restartInMs)} ms`;
    // Who shows events shows this one, and can tell by the field that this line repeats it.
    const fields = { ...this.#fieldsOf(error), event: 'attempt-failed' };
    this.#log(restartInMs === undefined ? 'error' : 'warn', `${what}: ${error.message}`, fields);
    this.#report.tell({ kind: 'attempt-failed', error, restartInMs });
  }

  #makeCoordinator(checkpointing: JobCheckpointing): CheckpointCoordinator {
    return new CheckpointCoordinator({
      ...checkpointing,
      environment: this.#options.environment,
      targets: {
        trigger: (subtask, trigger) => this.#attempt?.trigger(subtask, trigger),
        completed: (completed) => this.#attempt?.completed(completed),
        aborted: (checkpointId) => this.#attempt?.aborted(checkpointId),
      },
      enumerators: { snapshot: (checkpointId) => must(this.#attempt, 'live attempt').snapshot(checkpointId) },
      onFailure: (error) => this.#checkpointingFailed(error),
      onEvent: (event) => this.#report.checkpoint(event),
    });
  }

  /** A lost job is no matter of an attempt. */
  #checkpointingFailed(error: unknown): void {
    const record = toErrorRecord(withContext(error, {}, 'INVARIANT_VIOLATED'));
    this.#failed(record.recovery === 'fail-process' ? undefined : this.#state.attemptNumber, record);
  }

  /** The job's boundary: slots and storage know no name. */
  #failed(attemptNumber: number | undefined, failure: ErrorRecord): void {
    const { graph, jobId } = this.#options;
    const error = { ...failure, context: { jobName: graph.jobGraph.jobName, jobId, ...failure.context } };
    this.#dispatch({ kind: 'failure', attemptNumber, error });
  }

  #subtaskViews(): readonly SubtaskView[] {
    const { jobGraph, subtasks } = this.#options.graph;
    const sourceIds = new Set(jobGraph.vertices.filter(({ inputs }) => inputs.length === 0).map(({ id }) => id));
    return subtasks.map((address) => ({
      address,
      isSource: sourceIds.has(address.vertexId),
      status: this.#state.progress.statuses.get(subtaskKey(address)) ?? 'created',
    }));
  }

  #stopReason(): StopReason {
    return this.#state.phase.kind === 'failing' ? 'failover' : 'coordinator-shutdown';
  }

  /** Work whose failures are handled inside; what escapes is a bug. */
  #do(work: Promise<void>): void {
    work.catch((error: unknown) => this.#crash(error));
  }

  /** An assertion of the job master itself failed: its decisions are not to be trusted any more, so the job ends without them. */
  #crash(error: unknown): void {
    if (this.#isCrashed) return;
    this.#isCrashed = true;
    const failure = withContext(error, {}, 'INVARIANT_VIOLATED');
    this.#log('error', `The job master failed: ${failure.message}`, { error: toErrorRecord(failure) });
    this.#settle.reject(failure);
    void this.#attempt?.end(() => {});
  }

  #fieldsOf(error: ErrorRecord): Readonly<Record<string, unknown>> {
    return { attempt: this.#state.attemptNumber, error };
  }

  #log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#options.environment.logger.log(level, message, fields);
  }
}
