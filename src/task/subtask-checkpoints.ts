/**
 * A subtask's side of checkpoints: takes the synchronous part when told, writes the rest between records, acknowledges, and
 * remembers what was acknowledged as finished.
 *
 * Order of the synchronous part (Flink's): barrier hook of the operators, head to tail → barrier out → versions of keyed state
 * and encoding of operator state. Committables of a sink are in operator state because the hook comes first.
 */
import { must } from '../base/assert.ts';
import type { CheckpointCompleted } from '../base/commit-permit.ts';
import { CommitPermit } from '../base/commit-permit.ts';
import type { DeclineReason } from '../base/control-plane.ts';
import type { CheckpointBarrier } from '../base/elements.ts';
import { toErrorRecord } from '../base/errors.ts';
import type { CheckpointId } from '../base/ids.ts';
import { subtaskKey } from '../base/ids.ts';
import type { StreamOperator } from '../base/operator.ts';
import type { OperatorStates } from './chain-builder.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { OperatorPart } from './snapshot-in-progress.ts';
import { SnapshotInProgress } from './snapshot-in-progress.ts';
import { snapshotSliceMs } from './snapshot-pace.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';
import { STEP_LIMITS } from './task-configuration.ts';

const ENTRIES_PER_MS_GUESS = 1000;

export interface SubtaskCheckpointsOptions {
  readonly deployment: SubtaskDeployment;
  readonly runtime: SlotRuntime;
  readonly chain: OperatorChain;
  readonly states: readonly OperatorStates[];
  /** Puts the source's splits into its operator state, just before it is encoded. */
  readonly snapshotSource: (checkpointId: CheckpointId) => void;
  /** Runs a letter at the next step of the subtask. */
  readonly post: (letter: () => void) => void;
  readonly fail: (error: unknown) => void;
}

export class SubtaskCheckpoints {
  readonly #options: SubtaskCheckpointsOptions;
  readonly #inProgress = new Map<CheckpointId, SnapshotInProgress>();
  /** The first checkpoint that was acknowledged as finished; 0 for none. */
  #finishedSince = 0;
  #entriesPerMs = ENTRIES_PER_MS_GUESS;

  constructor(options: SubtaskCheckpointsOptions) {
    this.#options = options;
  }

  get isWriting(): boolean {
    for (const snapshot of this.#inProgress.values()) if (!snapshot.isWritten) return true;
    return false;
  }

  /** The synchronous part. `isFinished`: all input is used up and the operators have finished. */
  take(barrier: CheckpointBarrier, isFinished: boolean, alignmentMs: number): void {
    const { chain, runtime, deployment } = this.#options;
    const { clock } = runtime.environment;
    const startedMs = clock.monotonicMs();
    const { checkpointId } = barrier;
    chain.forEach((operator) => operator.prepareBarrier?.(checkpointId));
    if (!isFinished) chain.broadcast(barrier);
    const parts = this.#operatorParts(checkpointId);
    const isKeyed = parts.some(({ backend }) => backend !== undefined);
    const snapshot = new SnapshotInProgress({
      barrier,
      parts,
      isFinished,
      timing: {
        alignmentMs,
        syncMs: clock.monotonicMs() - startedMs,
        startDelayMs: Math.max(0, clock.nowMs() - barrier.timestampMs),
      },
      data: isKeyed ? runtime.checkpoints.openPart(subtaskKey(deployment.address), checkpointId) : undefined,
      nowMs: startedMs,
    });
    if (isFinished && this.#finishedSince === 0) this.#finishedSince = checkpointId;
    this.#inProgress.set(checkpointId, snapshot);
    this.#settleIfWritten(snapshot);
  }

  /** Gives the snapshots their slice of a step in which records took `busyMs`. True when anything was written. */
  advance(busyMs: number): boolean {
    const snapshot = this.#inProgress.values().find(({ isWritten }) => !isWritten);
    if (snapshot === undefined) return false;
    const { clock } = this.#options.runtime.environment;
    const startedMs = clock.monotonicMs();
    const sliceMs = snapshotSliceMs({
      busyMs,
      remainingEntries: snapshot.remainingEntries,
      entriesPerMs: this.#entriesPerMs,
      elapsedMs: snapshot.elapsedMs(startedMs),
      intervalMs: this.#options.runtime.configuration.checkpointIntervalMs,
    });
    const entriesPerLook = (this.#options.runtime.configuration.stepLimits ?? STEP_LIMITS).snapshotEntries;
    let looked = 0;
    let elapsedMs = 0;
    let isWaiting = false;
    while (!snapshot.isWritten && !isWaiting && (looked === 0 || elapsedMs < sliceMs)) {
      isWaiting = !snapshot.advance(entriesPerLook);
      looked += entriesPerLook;
      elapsedMs = clock.monotonicMs() - startedMs;
    }
    if (elapsedMs > 0) this.#entriesPerMs = looked / elapsedMs;
    this.#settleIfWritten(snapshot);
    return !isWaiting;
  }

  /**
   * The checkpoint is complete: sinks commit. Settles when the commits are done; true when it covers the end of this subtask.
   */
  async completed(completed: CheckpointCompleted): Promise<boolean> {
    const permit = CommitPermit.of(completed);
    const commits: Promise<void>[] = [];
    this.#options.chain.forEach((operator) => commits.push(Promise.resolve(operator.checkpointCompleted?.(permit))));
    for (const { keyed } of this.#options.states) keyed?.checkpointCompleted(completed.checkpointId);
    await Promise.all(commits);
    return this.#finishedSince > 0 && completed.checkpointId >= this.#finishedSince;
  }

  aborted(checkpointId: CheckpointId): void {
    this.#inProgress.get(checkpointId)?.cancel();
    this.#inProgress.delete(checkpointId);
    // What was acknowledged as finished with it was never kept: the next one has to cover it.
    if (this.#finishedSince === checkpointId) this.#finishedSince = 0;
    for (const { keyed } of this.#options.states) keyed?.checkpointAborted(checkpointId);
    this.#options.chain.forEach((operator) => operator.checkpointAborted?.(checkpointId));
  }

  decline(checkpointId: CheckpointId, reason: DeclineReason, error?: unknown): void {
    const { runtime, deployment } = this.#options;
    runtime.master.declineCheckpoint(
      deployment.address,
      checkpointId,
      reason,
      error === undefined ? undefined : toErrorRecord(error),
    );
  }

  cancelAll(): void {
    for (const snapshot of this.#inProgress.values()) snapshot.cancel();
    this.#inProgress.clear();
  }

  #operatorParts(checkpointId: CheckpointId): OperatorPart[] {
    const durableByOperator = new Map<StreamOperator, Promise<void>>();
    this.#options.snapshotSource(checkpointId);
    this.#options.chain.forEach((operator) => {
      const durable = operator.snapshot?.(checkpointId);
      if (durable === undefined) return;
      // A sink whose files cannot be made durable has lost records: that fails the subtask, not only the checkpoint.
      durable.catch((error: unknown) => this.#options.fail(error));
      durableByOperator.set(operator, durable);
    });
    return this.#options.states.map(({ chained, keyed, lists }, index): OperatorPart => {
      const { operator } = must(this.#options.chain.nodes[index], 'operator of the chain');
      return {
        state: {
          operatorId: chained.operatorId,
          states: chained.role.kind === 'operator' ? chained.role.factory.states : [],
          lists: lists.snapshot(),
          watermarkMs: operator?.currentWatermarkMs?.(),
        },
        backend: keyed,
        durable: operator === undefined ? undefined : durableByOperator.get(operator),
      };
    });
  }

  #settleIfWritten(snapshot: SnapshotInProgress): void {
    if (!snapshot.isWritten || !snapshot.claimResult()) return;
    const { runtime, deployment, post } = this.#options;
    const { checkpointId } = snapshot.barrier;
    snapshot
      .result(() => runtime.environment.clock.monotonicMs())
      .then(
        (result) =>
          post(() => {
            if (!this.#inProgress.delete(checkpointId)) return;
            runtime.master.acknowledgeCheckpoint(deployment.address, checkpointId, result);
          }),
        (error: unknown) =>
          post(() => {
            if (this.#inProgress.delete(checkpointId)) this.decline(checkpointId, 'async-exception', error);
          }),
      );
  }
}
