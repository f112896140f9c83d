/**
 * Deals the splits of a generator out as readers register: split r goes to subtask r modulo the parallelism, all splits of a
 * subtask at once, because each of them may go on for ever. A split that comes back when its subtask has already been told that
 * no more will come goes to the next subtask that registers, which is the one that lost it.
 */
import type { CheckpointId } from '../../base/ids.ts';
import type { EnumeratorContext, SplitEnumerator } from '../../base/source.ts';
import { compareGeneratorSplits, generatorSplit } from './generator-split.ts';
import type { GeneratorSplit } from './generator-split.ts';

/** Persisted; see GENERATOR_SPLIT_VERSION. */
export interface GeneratorEnumeratorState {
  /** Not assigned, in the order of their residues. */
  readonly pending: readonly GeneratorSplit[];
}

export class GeneratorEnumerator implements SplitEnumerator<GeneratorSplit, GeneratorEnumeratorState> {
  readonly #context: EnumeratorContext<GeneratorSplit>;
  readonly #isBounded: boolean;
  #pending: GeneratorSplit[];
  /** Subtasks that will get no more. */
  readonly #done = new Set<number>();

  constructor(
    context: EnumeratorContext<GeneratorSplit>,
    isBounded: boolean,
    restored: GeneratorEnumeratorState | undefined,
  ) {
    this.#context = context;
    this.#isBounded = isBounded;
    this.#pending = [...(restored?.pending ?? firstSplits(context.parallelism))];
  }

  start(): void {}

  addReader(subtaskIndex: number): void {
    this.#done.delete(subtaskIndex);
    this.#deal(subtaskIndex);
  }

  /** Readers are given their splits unasked. */
  handleSplitRequest(): void {}

  addSplitsBack(splits: readonly GeneratorSplit[]): void {
    this.#pending = [...this.#pending, ...splits].toSorted(compareGeneratorSplits);
    for (const subtaskIndex of this.#context.registeredReaders) {
      if (!this.#done.has(subtaskIndex)) this.#deal(subtaskIndex);
    }
  }

  snapshotState(_checkpointId: CheckpointId): GeneratorEnumeratorState {
    return { pending: [...this.#pending] };
  }

  #deal(subtaskIndex: number): void {
    const isOwn = (split: GeneratorSplit): boolean => {
      const owner = split.residue % this.#context.parallelism;
      return owner === subtaskIndex || this.#done.has(owner);
    };
    const own = this.#pending.filter(isOwn);
    this.#pending = this.#pending.filter((split) => !isOwn(split));
    if (own.length > 0) this.#context.assignSplits(subtaskIndex, own);
    if (!this.#isBounded) {
      if (own.length === 0) this.#context.signalNoSplitsYet(subtaskIndex);
      return;
    }
    this.#done.add(subtaskIndex);
    this.#context.signalNoMoreSplits(subtaskIndex);
  }
}

function firstSplits(parallelism: number): readonly GeneratorSplit[] {
  return Array.from({ length: parallelism }, (_, residue) => generatorSplit(residue, parallelism));
}
