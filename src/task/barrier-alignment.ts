/**
 * Barrier handling of one subtask with inputs: when is its part of a checkpoint to be taken, and which channels wait meanwhile?
 * Pure: each call returns what the subtask has to do, in order. Semantics are Flink's (aligned: SingleCheckpointBarrierHandler,
 * at-least-once: CheckpointBarrierTracker, but for one checkpoint at a time).
 *
 *   waiting ── first barrier n ──▶ collecting(n) ── barrier or end on every open channel ──▶ snapshot(n), waiting
 *                                      │ barrier of m > n: abort(n), collecting(m)
 *                                      │ cancel marker of m >= n: abort(n), waiting
 *                                      │ abort notification of n: waiting
 *
 * Exactly once: a channel whose barrier has come is blocked until the snapshot, so that no record behind the barrier is in it.
 * At least once: nothing is blocked; records behind early barriers are in the snapshot and come again after a restore.
 * The end of a channel counts as its barrier: everything before it is already processed.
 */
import type { CheckpointBarrier } from '../base/elements.ts';
import { assert, must } from '../base/assert.ts';

export type AlignmentAction =
  | { readonly kind: 'block'; readonly channelIndex: number }
  | { readonly kind: 'unblock-all' }
  | { readonly kind: 'snapshot'; readonly barrier: CheckpointBarrier }
  | { readonly kind: 'abort'; readonly checkpointId: number; readonly reason: 'subsumed' | 'canceled-by-marker' };

export interface AlignmentOptions {
  readonly channelCount: number;
  /** Mutant 'skipped-alignment' of the simulator: the first barrier takes the snapshot. */
  readonly skipAlignment: boolean;
}

const NOTHING: readonly AlignmentAction[] = [];

export class BarrierAlignment {
  readonly #channelCount: number;
  readonly #skipAlignment: boolean;
  readonly #ended: boolean[];
  /** Channels whose barrier of the current checkpoint has come. */
  readonly #arrived: boolean[];
  #current: CheckpointBarrier | undefined;
  /** The highest id that was snapshotted, given up or triggered; barriers up to it are late and mean nothing. */
  #lastId = 0;
  /** Ids above it that the coordinator has aborted, while lower ones may still complete. */
  readonly #aborted = new Set<number>();

  constructor(options: AlignmentOptions) {
    this.#channelCount = options.channelCount;
    this.#skipAlignment = options.skipAlignment;
    this.#ended = Array.from({ length: options.channelCount }, () => false);
    this.#arrived = Array.from({ length: options.channelCount }, () => false);
  }

  /** Id of the checkpoint that is being aligned, 0 for none. */
  get collectingId(): number {
    return this.#current?.checkpointId ?? 0;
  }

  /** True when every channel has ended. */
  get isEnded(): boolean {
    return this.#ended.every(Boolean);
  }

  onBarrier(channelIndex: number, barrier: CheckpointBarrier): readonly AlignmentAction[] {
    assert(
      channelIndex < this.#channelCount && this.#ended[channelIndex] === false,
      () => `Barrier ${barrier.checkpointId} on channel ${channelIndex} that has ended`,
    );
    if (barrier.checkpointId <= this.#lastId || this.#aborted.has(barrier.checkpointId)) return NOTHING;
    const actions: AlignmentAction[] = [];
    if (this.#current !== undefined && barrier.checkpointId < this.#current.checkpointId) return NOTHING;
    if (this.#current === undefined || barrier.checkpointId > this.#current.checkpointId) this.#begin(barrier, actions);
    assert(
      this.#arrived[channelIndex] === false,
      () => `Second barrier ${barrier.checkpointId} on channel ${channelIndex}`,
    );
    this.#arrived[channelIndex] = true;
    if (barrier.alignment === 'exactly-once-aligned' && !this.#skipAlignment)
      actions.push({ kind: 'block', channelIndex });
    this.#completeIfAligned(actions);
    return actions;
  }

  /** The upstream gave the checkpoint up, and with it all before. */
  onCancel(checkpointId: number): readonly AlignmentAction[] {
    if (checkpointId <= this.#lastId) return NOTHING;
    const actions: AlignmentAction[] = [];
    if (this.#current !== undefined && this.#current.checkpointId < checkpointId) this.#subsume(actions);
    else if (this.#current?.checkpointId === checkpointId) this.#reset(actions);
    this.#passed(checkpointId);
    actions.push({ kind: 'abort', checkpointId, reason: 'canceled-by-marker' });
    return actions;
  }

  onEndOfInput(channelIndex: number): readonly AlignmentAction[] {
    assert(this.#ended[channelIndex] === false, () => `Channel ${channelIndex} ended twice`);
    this.#ended[channelIndex] = true;
    const actions: AlignmentAction[] = [];
    this.#completeIfAligned(actions);
    return actions;
  }

  /**
   * The coordinator says that this checkpoint will not complete: nothing is to be sent, but channels must not stay blocked for it.
   * Earlier ones may still complete.
   */
  onAbortNotification(checkpointId: number): readonly AlignmentAction[] {
    if (checkpointId <= this.#lastId) return NOTHING;
    this.#aborted.add(checkpointId);
    if (this.#current?.checkpointId !== checkpointId) return NOTHING;
    const actions: AlignmentAction[] = [];
    this.#passed(checkpointId);
    this.#reset(actions);
    return actions;
  }

  /** The coordinator triggered this subtask itself (all its inputs have ended). False when the id is late. */
  acceptTrigger(checkpointId: number): boolean {
    if (checkpointId <= this.#lastId || this.#aborted.has(checkpointId)) return false;
    this.#passed(checkpointId);
    return true;
  }

  #begin(barrier: CheckpointBarrier, actions: AlignmentAction[]): void {
    if (this.#current !== undefined) this.#subsume(actions);
    this.#current = barrier;
  }

  /** What is being collected will never be complete. */
  #subsume(actions: AlignmentAction[]): void {
    const { checkpointId } = must(this.#current, 'checkpoint that is being collected');
    this.#passed(checkpointId);
    this.#reset(actions);
    actions.push({ kind: 'abort', checkpointId, reason: 'subsumed' });
  }

  #passed(checkpointId: number): void {
    this.#lastId = Math.max(this.#lastId, checkpointId);
    for (const id of this.#aborted) if (id <= this.#lastId) this.#aborted.delete(id);
  }

  #completeIfAligned(actions: AlignmentAction[]): void {
    const barrier = this.#current;
    if (barrier === undefined) return;
    const isAligned = this.#arrived.every((arrived, index) => arrived || this.#ended[index] === true);
    if (!isAligned && !this.#skipAlignment) return;
    this.#passed(barrier.checkpointId);
    actions.push({ kind: 'snapshot', barrier });
    this.#reset(actions);
  }

  #reset(actions: AlignmentAction[]): void {
    this.#current = undefined;
    this.#arrived.fill(false);
    actions.push({ kind: 'unblock-all' });
  }
}
