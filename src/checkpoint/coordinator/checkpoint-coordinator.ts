/**
 * The checkpoint coordinator: carries out what coordinator-transition.ts decides, and keeps the parts of checkpoints that are
 * under way. Runs on the main thread; calls come one at a time, and what they lead to is worked off in order, also when a target
 * answers within the call.
 *
 * Completing checkpoint n, in this order (each step must be durable before the next):
 *   1. data files of all slots      (before their acknowledgements)
 *   2. metadata file
 *   3. pointer entry, and the log listed once more: the permit
 *   4. targets hear of it: sinks commit
 *   5. files that nothing refers to any more are deleted
 */
import { must } from '../../base/assert.ts';
import { fromErrorRecord, MillraceError, toErrorRecord } from '../../base/errors.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import type { DeclineReason, SubtaskStatus } from '../../base/control-plane.ts';
import type { LogLevel, TimerHandle } from '../../base/environment.ts';
import { subtaskKey } from '../../base/ids.ts';
import type { CheckpointId, SubtaskAddress } from '../../base/ids.ts';
import type { SubtaskSnapshot } from '../../base/state-handle.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import { referencedFiles } from '../metadata/checkpoint-metadata.ts';
import { isCountedFailure } from '../protocol/failure-reasons.ts';
import type { CheckpointFailureReason } from '../protocol/failure-reasons.ts';
import { keptFiles, retainCompleted } from '../protocol/retention.ts';
import type { RetentionState } from '../protocol/retention.ts';
import { CheckpointFinalizer, fencedError } from './checkpoint-finalizer.ts';
import type { FinalizedCheckpoint } from './checkpoint-finalizer.ts';
import { CheckpointStatistics } from './checkpoint-statistics.ts';
import type { CheckpointCoordinatorOptions } from './coordinator-options.ts';
import { initialCoordinatorState, isFinalizing, nextTimerAtMs } from './coordinator-state.ts';
import type {
  CoordinatorCommand,
  CoordinatorEvent,
  CoordinatorState,
  RequestAnswer,
  StopReason,
  SubtaskView,
} from './coordinator-state.ts';
import { transition } from './coordinator-transition.ts';
import { PendingCheckpoint } from './pending-checkpoint.ts';

export class CheckpointCoordinator {
  readonly statistics: CheckpointStatistics = new CheckpointStatistics();
  readonly #options: CheckpointCoordinatorOptions;
  readonly #finalizer: CheckpointFinalizer;
  #state: CoordinatorState;
  #retention: RetentionState;
  #latest: CheckpointMetadata | undefined;
  readonly #pending = new Map<CheckpointId, PendingCheckpoint>();
  /** Finalized, not yet told to anybody. */
  readonly #finalized = new Map<CheckpointId, FinalizedCheckpoint>();
  readonly #requests = new Map<number, (answer: RequestAnswer) => void>();
  #lastRequestId = 0;
  /** Events that came while another one was worked off. */
  readonly #queue: CoordinatorEvent[] = [];
  #isWorking = false;
  #timer: TimerHandle | undefined;
  /** Deletions, one after the other; never rejects. */
  #cleaning: Promise<void> = Promise.resolve();
  /** True when another process owns the job or nobody knows: nothing may be deleted any more. */
  #isLost = false;
  /** The last error of a checkpoint: the cause when there was one too many. */
  #lastFailure: unknown;
  readonly #waitForFinalizing: (() => void)[] = [];
  readonly #waitForSuspension: (() => void)[] = [];

  constructor(options: CheckpointCoordinatorOptions) {
    this.#options = options;
    this.#finalizer = new CheckpointFinalizer(options);
    this.#state = initialCoordinatorState(options.settings, options.nextCheckpointId);
    this.#retention = options.retention;
    this.#latest = options.restored;
  }

  /** What a failover restores: the latest completed checkpoint, or what the job was started from. After `stop` has settled. */
  get latestCompleted(): CheckpointMetadata | undefined {
    return this.#latest;
  }

  /** All subtasks of an attempt. After `stop` of the attempt before has settled. */
  start(subtasks: readonly SubtaskView[]): void {
    this.#dispatch({ kind: 'start', subtasks, firstDelayRatio: this.#options.environment.random.next() });
  }

  /**
   * Gives up what is under way. Settles when no checkpoint is being finalized any more: only then is `latestCompleted` what the
   * pointer log says, and a new attempt may be restored. A failover also looks whether the job is still ours to restart.
   */
  async stop(reason: StopReason): Promise<void> {
    this.#dispatch({ kind: 'stop', reason });
    if (isFinalizing(this.#state)) await new Promise<void>((resolve) => this.#waitForFinalizing.push(resolve));
    if (reason === 'failover') await this.#verifyOwnership();
  }

  /** No new checkpoint. Settles when none is under way, at the latest after SUSPEND_TIMEOUT_MS. */
  suspend(): Promise<void> {
    this.#dispatch({ kind: 'suspend' });
    if (this.#state.phase !== 'suspending') return Promise.resolve();
    return new Promise((resolve) => this.#waitForSuspension.push(resolve));
  }

  /** For the end of the process: settles when nothing of the coordinator touches the storage any more. */
  async close(): Promise<void> {
    await this.stop('coordinator-shutdown');
    await this.#cleaning;
  }

  subtaskStatus(subtask: SubtaskAddress, status: SubtaskStatus): void {
    this.#dispatch({ kind: 'subtask-status', subtask: subtaskKey(subtask), status });
  }

  acknowledge(subtask: SubtaskAddress, checkpointId: CheckpointId, snapshot: SubtaskSnapshot): void {
    const pending = this.#pending.get(checkpointId);
    if (pending === undefined) return this.#log('debug', 'Late acknowledgement', { checkpointId, ...subtask });
    if (pending.partArrived(subtask, snapshot)) this.statistics.acknowledged(checkpointId, snapshot);
    const { isFinished } = snapshot;
    this.#dispatch({ kind: 'acknowledged', checkpointId, subtask: subtaskKey(subtask), isFinished });
  }

  decline(subtask: SubtaskAddress, checkpointId: CheckpointId, reason: DeclineReason, error?: ErrorRecord): void {
    this.#log('info', 'Checkpoint declined', {
      checkpointId,
      ...subtask,
      reason,
      ...(error === undefined ? {} : { error }),
    });
    this.#failedWith(checkpointId, error === undefined ? undefined : fromErrorRecord(error));
    this.#dispatch({ kind: 'declined', checkpointId, reason });
  }

  /** A checkpoint as soon as there is room, whatever the schedule says. Settles with its outcome. */
  triggerNow(): Promise<RequestAnswer> {
    const requestId = ++this.#lastRequestId;
    return new Promise((resolve) => {
      this.#requests.set(requestId, resolve);
      this.#dispatch({ kind: 'request', requestId });
    });
  }

  #dispatch(event: CoordinatorEvent): void {
    this.#queue.push(event);
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#workOff(next);
    } finally {
      this.#isWorking = false;
    }
    this.#armTimer();
    if (!isFinalizing(this.#state)) for (const settle of this.#waitForFinalizing.splice(0)) settle();
  }

  #workOff(event: CoordinatorEvent): void {
    const { state, commands } = transition(this.#state, event, this.#nowMs());
    this.#state = state;
    for (const command of commands) this.#execute(command);
  }

  #execute(command: CoordinatorCommand): void {
    switch (command.kind) {
      case 'make-location':
        return this.#do(this.#makeLocation(command.token, command.candidate));
      case 'discard-location':
        return this.#clean(() => this.#options.storage.discard(command.checkpointId, keptFiles(this.#retention)));
      case 'snapshot-enumerators':
        return this.#do(this.#snapshotEnumerators(command.checkpointId));
      case 'trigger':
        return this.#trigger(command.checkpointId, command.subtasks);
      case 'finalize':
        return this.#do(this.#finalize(command.checkpointId));
      case 'complete':
        return this.#complete(command.checkpointId);
      case 'abort':
        return this.#abort(command.checkpointId, command.reason);
      case 'answer':
        for (const requestId of command.requestIds) this.#requests.get(requestId)?.(command.answer);
        for (const requestId of command.requestIds) this.#requests.delete(requestId);
        return;
      case 'fail-job':
        return this.#do(this.#failJob(command.checkpointId, command.reason));
      case 'suspended':
        for (const settle of this.#waitForSuspension.splice(0)) settle();
        return;
    }
  }

  async #makeLocation(token: number, candidate: CheckpointId): Promise<void> {
    const startedAtMs = this.#nowMs();
    try {
      const checkpointId = await this.#options.storage.createLocation(candidate);
      const triggeredAtMs = this.#options.environment.clock.nowMs();
      if (this.#state.trigger?.token === token) {
        this.#pending.set(
          checkpointId,
          new PendingCheckpoint(checkpointId, { triggeredAtMs, startedAtMs: this.#nowMs() }),
        );
        this.statistics.triggered(checkpointId, triggeredAtMs);
      }
      this.#dispatch({ kind: 'location-made', token, checkpointId });
    } catch (error) {
      this.#log('warn', 'Making a place for a checkpoint failed', {
        checkpointId: candidate,
        error: toErrorRecord(error),
      });
      this.#failedWith(candidate, error);
      await this.#verifyOwnership();
      if (this.#state.trigger?.token === token) this.#tellWithoutLocation(candidate, startedAtMs, error);
      this.#dispatch({ kind: 'location-failed', token });
    }
  }

  /** It failed before there was anything of it; whoever watches the job hears of it as of any other. */
  #tellWithoutLocation(checkpointId: CheckpointId, startedAtMs: number, error: unknown): void {
    const reason = 'io-exception';
    this.statistics.triggered(checkpointId, this.#options.environment.clock.nowMs());
    const record = this.statistics.failed(checkpointId, { durationMs: this.#nowMs() - startedAtMs, reason });
    if (record !== undefined) this.#options.onEvent?.({ kind: 'aborted', record, reason, error: toErrorRecord(error) });
  }

  async #snapshotEnumerators(checkpointId: CheckpointId): Promise<void> {
    try {
      const snapshots = await this.#options.enumerators.snapshot(checkpointId);
      this.#pending.get(checkpointId)?.enumeratorsArrived(snapshots);
      this.#dispatch({ kind: 'enumerators-snapshotted', checkpointId });
    } catch (error) {
      this.#dispatch({ kind: 'enumerators-failed', checkpointId });
      this.#options.onFailure(error);
    }
  }

  #trigger(checkpointId: CheckpointId, subtasks: readonly SubtaskAddress[]): void {
    const { targets, alignment, stateMode, isFirstFull } = this.#options;
    const timestampMs = must(this.#pending.get(checkpointId), `checkpoint ${checkpointId}`).triggeredAtMs;
    // A foreign checkpoint's files are not ours to keep: until a checkpoint of our own stands, none may build on them.
    const mode = isFirstFull && this.#latest === this.#options.restored ? 'full' : stateMode;
    for (const subtask of subtasks) targets.trigger(subtask, { checkpointId, timestampMs, alignment, stateMode: mode });
  }

  async #finalize(checkpointId: CheckpointId): Promise<void> {
    const pending = must(this.#pending.get(checkpointId), `checkpoint ${checkpointId}`);
    const outcome = await this.#finalizer.finalize(pending, this.#retention);
    if (this.#isLost) return;
    switch (outcome.kind) {
      case 'finalized':
        this.#finalized.set(checkpointId, outcome.checkpoint);
        return this.#dispatch({ kind: 'finalized', checkpointId });
      case 'failed':
        this.#failedWith(checkpointId, outcome.error);
        return this.#dispatch({ kind: 'finalize-failed', checkpointId });
      case 'lost':
        return this.#lose(outcome.error);
    }
  }

  #complete(checkpointId: CheckpointId): void {
    const { targets, storage, settings, onEvent } = this.#options;
    const { metadata, stored, fencingEpoch } = must(
      this.#finalized.get(checkpointId),
      `finalized checkpoint ${checkpointId}`,
    );
    const pending = must(this.#pending.get(checkpointId), `checkpoint ${checkpointId}`);
    this.#finalized.delete(checkpointId);
    this.#pending.delete(checkpointId);
    this.#latest = metadata;
    const step = retainCompleted(this.#retention, { checkpointId, files: referencedFiles(metadata) }, settings);
    this.#retention = step.state;
    const record = this.statistics.completed(checkpointId, {
      durationMs: this.#nowMs() - pending.startedAtMs,
      metadataBytes: stored.sizeBytes,
      path: stored.path,
    });
    targets.completed({ kind: 'checkpoint-completed', checkpointId, fencingEpoch });
    if (record !== undefined) onEvent?.({ kind: 'completed', record });
    const oldestRetained = must(step.state.retained[0], 'a retained checkpoint').checkpointId;
    this.#clean(() =>
      storage.drop({
        dropped: step.dropped,
        files: step.deletableFiles,
        keptFiles: keptFiles(step.state),
        oldestRetained,
      }),
    );
  }

  #abort(checkpointId: CheckpointId, reason: CheckpointFailureReason): void {
    const { targets, storage, onEvent } = this.#options;
    const pending = must(this.#pending.get(checkpointId), `checkpoint ${checkpointId}`);
    this.#pending.delete(checkpointId);
    const record = this.statistics.failed(checkpointId, { durationMs: this.#nowMs() - pending.startedAtMs, reason });
    targets.aborted(checkpointId, reason);
    if (record !== undefined) onEvent?.({ kind: 'aborted', record, reason, error: pending.failure });
    this.#clean(() => storage.discard(checkpointId, keptFiles(this.#retention)));
    // Perhaps it failed because a new owner of the job has cleared its files away.
    if (isCountedFailure(reason)) this.#do(this.#verifyOwnership());
  }

  /** A process that was taken over must not go on, nor report what it met as a failure of its own. */
  async #verifyOwnership(): Promise<void> {
    if (this.#isLost) return;
    try {
      const outcome = await this.#options.storage.verifyOwnership();
      if (outcome.kind === 'fenced') this.#lose(fencedError(this.#options, outcome.byEpoch));
    } catch (error) {
      // The storage is the trouble: that is reported already, and no permit comes from a log that cannot be read.
      this.#log('warn', 'Looking whether the job has another owner failed', { error: toErrorRecord(error) });
    }
  }

  /** Nothing is told to the subtasks and nothing is deleted any more. */
  #lose(error: MillraceError): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#pending.clear();
    this.#dispatch({ kind: 'lost' });
    this.#options.onFailure(error);
  }

  /** Remembered for the checkpoint's end, which the decision brings. */
  #failedWith(checkpointId: CheckpointId, error: unknown): void {
    if (error === undefined) return;
    this.#lastFailure = error;
    this.#pending.get(checkpointId)?.failedWith(toErrorRecord(error));
  }

  async #failJob(checkpointId: number, reason: CheckpointFailureReason): Promise<void> {
    await this.#verifyOwnership();
    if (this.#isLost) return;
    const tolerable = this.#options.settings.tolerableFailures;
    const cause = this.#lastFailure;
    this.#options.onFailure(
      new MillraceError(
        'CHECKPOINT_FAILURES_EXCEEDED',
        `Checkpoint ${checkpointId} failed (${reason}), and no more than ${tolerable} consecutive failures are tolerated`,
        { context: { checkpointId }, ...(cause === undefined ? {} : { cause }) },
      ),
    );
  }

  /** Work whose failures are handled inside; what escapes is a bug and ends the process. */
  #do(work: Promise<void>): void {
    work.catch((error: unknown) => this.#options.onFailure(error));
  }

  /** Deletions never fail a job: what stays behind is cleared away by the next start. */
  #clean(action: () => Promise<void>): void {
    this.#cleaning = this.#cleaning.then(async () => {
      if (this.#isLost) return;
      try {
        await action();
      } catch (error) {
        this.#log('warn', 'Deleting checkpoint files failed', { error: toErrorRecord(error) });
      }
    });
  }

  #armTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const atMs = nextTimerAtMs(this.#state);
    if (atMs === undefined) return;
    const delayMs = Math.max(0, Math.ceil(atMs - this.#nowMs()));
    this.#timer = this.#options.environment.timers.after(delayMs, () => {
      this.#timer = undefined;
      this.#dispatch({ kind: 'timer' });
    });
  }

  #log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#options.environment.logger.log(level, message, fields);
  }

  #nowMs(): number {
    return this.#options.environment.clock.monotonicMs();
  }
}
