/**
 * First each reader gets its part of the filling. When all have asked for more, the clock is started, and each gets its part of the
 * events that are due at fixed moments from then on. The clock goes on through failures: what was due meanwhile is late.
 *
 *     filling → (all readers have asked) → running
 */
import type { EnumeratorContext, SplitEnumerator } from 'millrace/connectors';
import { machineNowMs } from './machine-clock.ts';
import type { PacedSplit } from './paced-split.ts';

export interface PacedEnumeratorState {
  readonly startAtMs: number | undefined;
  readonly pending: readonly PacedSplit[];
}

export interface PacedCounts {
  readonly fillCount: number;
  readonly eventCount: number;
}

/** Until what was filled in has passed through the channels. */
const SETTLE_MS = 1000;

export class PacedEnumerator implements SplitEnumerator<PacedSplit, PacedEnumeratorState> {
  readonly #context: EnumeratorContext<PacedSplit>;
  readonly #counts: PacedCounts;
  /** By the subtask they are for, which is that of their residue. */
  #pending: readonly PacedSplit[];
  #startAtMs: number | undefined;
  /** Readers that are done with the filling. */
  readonly #waiting = new Set<number>();

  constructor(context: EnumeratorContext<PacedSplit>, counts: PacedCounts, restored: PacedEnumeratorState | undefined) {
    this.#context = context;
    this.#counts = counts;
    this.#startAtMs = restored?.startAtMs;
    this.#pending = restored?.pending ?? this.#splits('fill', counts.fillCount, undefined);
  }

  start(): void {}

  addReader(subtaskIndex: number): void {
    this.#deal(subtaskIndex);
  }

  handleSplitRequest(subtaskIndex: number): void {
    this.#waiting.add(subtaskIndex);
    if (this.#startAtMs !== undefined || this.#waiting.size < this.#context.parallelism) return;
    this.#startAtMs = machineNowMs() + SETTLE_MS;
    this.#pending = this.#splits('event', this.#counts.eventCount, this.#startAtMs);
    for (const reader of this.#context.registeredReaders) this.#deal(reader);
  }

  addSplitsBack(splits: readonly PacedSplit[]): void {
    this.#pending = [...this.#pending, ...splits];
    for (const reader of this.#context.registeredReaders) this.#deal(reader);
  }

  snapshotState(): PacedEnumeratorState {
    return { startAtMs: this.#startAtMs, pending: this.#pending };
  }

  #deal(subtaskIndex: number): void {
    const own = this.#pending.filter(({ residue }) => residue === subtaskIndex);
    this.#pending = this.#pending.filter(({ residue }) => residue !== subtaskIndex);
    if (own.length > 0) this.#context.assignSplits(subtaskIndex, own);
    if (this.#startAtMs !== undefined) this.#context.signalNoMoreSplits(subtaskIndex);
  }

  #splits(name: string, end: number, startAtMs: number | undefined): readonly PacedSplit[] {
    const modulus = this.#context.parallelism;
    return Array.from({ length: modulus }, (_, residue) => ({
      splitId: `${name}-${residue}`,
      residue,
      modulus,
      position: 0,
      end,
      startAtMs,
    }));
  }
}
