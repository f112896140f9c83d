/**
 * A subtask's side of checkpoints: takes the synchronous part when told, writes the rest between records, acknowledges, and
 * remembers what was acknowledged as finished.
 *
 * Order of the synchronous part (Flink's): barrier hook of the operators, head to tail → barrier out → versions of keyed state
 * and encoding of operator state. Committables of a sink are in operator state because the hook comes first.
 */
import type { CheckpointDataResult } from '../base/checkpoint-streams.ts';
import type { CheckpointCompleted } from '../base/commit-permit.ts';
import { CommitPermit } from '../base/commit-permit.ts';
import type { DeclineReason } from '../base/control-plane.ts';
import type { CheckpointBarrier } from '../base/elements.ts';
import { MillraceError, toErrorRecord } from '../base/errors.ts';
import type { CheckpointId } from '../base/ids.ts';
import { subtaskKey } from '../base/ids.ts';
import { guard, operatorError } from './chain-output.ts';
import type { NamedOperator } from './chain-output.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { OperatorStates } from './restore-states.ts';
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
  /**
   * The first checkpoint that was taken when the operators had finished; 0 for none. Every later one covers the end as well, also when
   * this one is aborted.
   */
  #finishedSince = 0;
  /** The snapshot that is being written waits for the disk. */
  #isWaitingForDisk = false;
  #entriesPerMs = ENTRIES_PER_MS_GUESS;

  constructor(options: SubtaskCheckpointsOptions) {
    this.#options = options;
  }

  /** A snapshot wants more slices, and the disk takes them. */
  get isWriting(): boolean {
    return !this.#isWaitingForDisk && this.#firstUnwritten() !== undefined;
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
    this.#isWaitingForDisk = false;
    const snapshot = this.#firstUnwritten();
    if (snapshot === undefined) return false;
    try {
      this.#isWaitingForDisk = !this.#writeSlice(snapshot, busyMs);
      this.#settleIfWritten(snapshot);
    } catch (error) {
      if (MillraceError.is(error) && error.code === 'INVARIANT_VIOLATED') throw error;
      this.#giveUp(snapshot, error);
    }
    return !this.#isWaitingForDisk;
  }

  /**
   * The checkpoint is complete: sinks commit. Settles when the commits are done; true when it covers the end of this subtask.
   */
  async completed(completed: CheckpointCompleted): Promise<boolean> {
    const permit = CommitPermit.of(completed);
    const commits: Promise<void>[] = [];
    this.#options.chain.forEach((operator, chained) => {
      commits.push(named(chained, () => operator.checkpointCompleted?.(permit)));
    });
    for (const { keyed } of this.#options.states) keyed?.checkpointCompleted(completed.checkpointId);
    await Promise.all(commits);
    return this.#finishedSince > 0 && completed.checkpointId >= this.#finishedSince;
  }

  aborted(checkpointId: CheckpointId): void {
    this.#inProgress.get(checkpointId)?.cancel();
    this.#inProgress.delete(checkpointId);
    for (const { keyed } of this.#options.states) keyed?.checkpointAborted(checkpointId);
    this.#options.chain.forEach((operator) => operator.checkpointAborted?.(checkpointId));
  }

  decline(checkpointId: CheckpointId, reason: DeclineReason, error?: unknown): void {
    const { runtime, deployment } = this.#options;
    const record = error === undefined ? undefined : toErrorRecord(error);
    runtime.master.declineCheckpoint(deployment.address, checkpointId, reason, record);
  }

  /** Without checkpoints sinks make their output visible at the end of input, as with one last barrier. Settles when it is durable. */
  async flush(checkpointId: CheckpointId): Promise<void> {
    const { chain } = this.#options;
    const durable: Promise<void>[] = [];
    chain.forEach((operator) => operator.prepareBarrier?.(checkpointId));
    chain.forEach((operator, chained) => {
      durable.push(named(chained, () => operator.snapshot?.(checkpointId)));
    });
    await Promise.all(durable);
  }

  cancelAll(): void {
    for (const snapshot of this.#inProgress.values()) snapshot.cancel();
    this.#inProgress.clear();
  }

  #operatorParts(checkpointId: CheckpointId): OperatorPart[] {
    const { chain, states, snapshotSource } = this.#options;
    snapshotSource(checkpointId);
    const durable = chain.nodes.map(({ operator, chained }) =>
      guard(chained, () => this.#durable(chained, operator?.snapshot?.(checkpointId))),
    );
    return states.map(({ chained, keyed, lists }, index): OperatorPart => ({
      state: {
        operatorId: chained.operatorId,
        states: chained.role.kind === 'operator' ? chained.role.factory.states : [],
        lists: guard(chained, () => lists.snapshot()),
        watermarkMs: chain.nodes[index]?.operator?.currentWatermarkMs?.(),
      },
      backend: keyed,
      durable: durable[index],
    }));
  }

  /** A sink whose files cannot be made durable has lost records: that fails the subtask, not only the checkpoint. */
  #durable(chained: NamedOperator, written: Promise<void> | undefined): Promise<void> | undefined {
    if (written === undefined) return undefined;
    const durable = named(chained, () => written);
    durable.catch((error: unknown) => this.#options.fail(error));
    return durable;
  }

  #firstUnwritten(): SnapshotInProgress | undefined {
    for (const snapshot of this.#inProgress.values()) if (!snapshot.isWritten) return snapshot;
    return undefined;
  }

  /** False when the disk is behind. */
  #writeSlice(snapshot: SnapshotInProgress, busyMs: number): boolean {
    const { environment, configuration } = this.#options.runtime;
    const startedMs = environment.clock.monotonicMs();
    const sliceMs = snapshotSliceMs({
      busyMs,
      remainingEntries: snapshot.remainingEntries,
      entriesPerMs: this.#entriesPerMs,
      elapsedMs: snapshot.elapsedMs(startedMs),
      intervalMs: configuration.checkpointIntervalMs,
    });
    const { snapshotEntries } = configuration.stepLimits ?? STEP_LIMITS;
    let looked = 0;
    let elapsedMs = 0;
    let isWaiting = false;
    while (!snapshot.isWritten && !isWaiting && (looked === 0 || elapsedMs < sliceMs)) {
      isWaiting = !snapshot.advance(snapshotEntries);
      looked += snapshotEntries;
      elapsedMs = environment.clock.monotonicMs() - startedMs;
    }
    if (elapsedMs > 0) this.#entriesPerMs = looked / elapsedMs;
    return !isWaiting;
  }

  #settleIfWritten(snapshot: SnapshotInProgress): void {
    if (!snapshot.isWritten || !snapshot.claim()) return;
    const { post } = this.#options;
    snapshot.durable().then(
      (data) => post(() => this.#acknowledge(snapshot, data)),
      (error: unknown) => post(() => this.#giveUp(snapshot, error)),
    );
  }

  #acknowledge(snapshot: SnapshotInProgress, data: CheckpointDataResult | undefined): void {
    const { runtime, deployment } = this.#options;
    const { checkpointId } = snapshot.barrier;
    if (!this.#inProgress.delete(checkpointId)) return;
    const part = snapshot.acknowledgement(data, runtime.environment.clock.monotonicMs());
    runtime.master.acknowledgeCheckpoint(deployment.address, checkpointId, part);
  }

  /** The asynchronous part failed: the checkpoint cannot complete, the subtask goes on. */
  #giveUp(snapshot: SnapshotInProgress, error: unknown): void {
    const { checkpointId } = snapshot.barrier;
    if (!this.#inProgress.delete(checkpointId)) return;
    snapshot.cancel();
    this.decline(checkpointId, 'async-exception', error);
  }
}

/** The outcome of the call, with the operator named in errors. */
async function named(operator: NamedOperator, call: () => void | Promise<void>): Promise<void> {
  try {
    await call();
  } catch (error) {
    throw operatorError(error, operator);
  }
}
