/**
 * Which temporary files nobody refers to any more. Decided from names and restored states alone:
 *
 * - files of this attempt or a later one are somebody's work (a later epoch: of the process that took this job over);
 * - a writer with a restored state: its files from `nextCounter` on were made after the checkpoint and belong to none; those
 *   below are in the state, or are committables of the checkpoint, which the engine commits;
 * - a writer without a restored state, of the restored attempt: it had finished; its files are committables of the checkpoint;
 * - a writer without a restored state, of another attempt: a later one completed no checkpoint, and an earlier one's committables
 *   were committed before the restored attempt's writers opened, that is, before its first checkpoint.
 */
import { compareAttempts, writerKey } from './file-sink-state.ts';
import type { FileWriterState, WriterId } from './file-sink-state.ts';
import type { TemporaryName } from './output-file-names.ts';

export class Leftovers {
  readonly #own: WriterId;
  readonly #stateByWriter: ReadonlyMap<string, FileWriterState>;
  readonly #restored: WriterId | undefined;

  /** @param states of all subtasks */
  constructor(own: WriterId, states: readonly FileWriterState[]) {
    this.#own = own;
    this.#stateByWriter = new Map(states.map((state) => [writerKey(state.writer), state]));
    this.#restored = states
      .map((state) => state.writer)
      .toSorted(compareAttempts)
      .at(-1);
  }

  isLeftover({ writer, counter }: TemporaryName): boolean {
    if (compareAttempts(writer, this.#own) >= 0) return false;
    const state = this.#stateByWriter.get(writerKey(writer));
    if (state !== undefined) return counter >= state.nextCounter;
    return this.#restored === undefined || compareAttempts(writer, this.#restored) !== 0;
  }
}
