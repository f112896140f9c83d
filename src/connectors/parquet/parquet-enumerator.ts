/**
 * Hands out row groups on request, always the first in order; what comes back takes its place in that order again. For an
 * ordered source readers are told the earliest time that is still to be assigned, before and after every assignment.
 *
 * Invariant: a row group is pending or was assigned, from the end of `start` on.
 */
import type { CheckpointId } from '../../base/ids.ts';
import type { EnumeratorContext, SplitEnumerator } from '../../base/source.ts';
import { findParquetSplits } from './find-splits.ts';
import type { ParquetInput } from './find-splits.ts';
import { compareParquetSplits } from './parquet-split.ts';
import type { ParquetEnumeratorState, ParquetSplit } from './parquet-split.ts';

export class ParquetEnumerator implements SplitEnumerator<ParquetSplit, ParquetEnumeratorState> {
  readonly #context: EnumeratorContext<ParquetSplit>;
  readonly #input: ParquetInput;
  #isDiscovered: boolean;
  #pending: ParquetSplit[];
  /** Subtasks whose request is open, in the order of asking. */
  readonly #waiting: Set<number> = new Set();

  constructor(
    context: EnumeratorContext<ParquetSplit>,
    input: ParquetInput,
    restored: ParquetEnumeratorState | undefined,
  ) {
    this.#context = context;
    this.#input = input;
    this.#isDiscovered = restored?.isDiscovered ?? false;
    this.#pending = [...(restored?.pending ?? [])];
  }

  async start(): Promise<void> {
    if (!this.#isDiscovered) {
      const found = await findParquetSplits(this.#context.environment, this.#input);
      if (found.length === 0) this.#context.logger.log('warn', 'The input has no rows', { paths: this.#input.paths });
      this.#pending = [...this.#pending, ...found].toSorted(compareParquetSplits);
      this.#isDiscovered = true;
    }
    this.#tellLowerBound();
    this.#answer();
  }

  addReader(subtaskIndex: number): void {
    this.#waiting.delete(subtaskIndex);
  }

  handleSplitRequest(subtaskIndex: number): void {
    this.#waiting.add(subtaskIndex);
    this.#answer();
  }

  addSplitsBack(splits: readonly ParquetSplit[], _subtaskIndex: number): void {
    this.#pending = [...this.#pending, ...splits].toSorted(compareParquetSplits);
    this.#tellLowerBound();
    this.#answer();
  }

  snapshotState(_checkpointId: CheckpointId): ParquetEnumeratorState {
    return { isDiscovered: this.#isDiscovered, pending: [...this.#pending] };
  }

  #answer(): void {
    if (!this.#isDiscovered) return;
    for (const subtaskIndex of this.#waiting) {
      // A reader that is gone asks again when it is back.
      if (!this.#context.registeredReaders.has(subtaskIndex)) continue;
      this.#waiting.delete(subtaskIndex);
      const split = this.#pending.shift();
      if (split === undefined) {
        this.#context.signalNoMoreSplits(subtaskIndex);
        continue;
      }
      // First the split: its reader holds its own watermark before the others are let go.
      this.#context.assignSplits(subtaskIndex, [split]);
      this.#tellLowerBound();
    }
  }

  #tellLowerBound(): void {
    if (this.#input.ordered === undefined) return;
    this.#context.setUnassignedLowerBound(this.#pending[0]?.earliestMs ?? Number.POSITIVE_INFINITY);
  }
}
