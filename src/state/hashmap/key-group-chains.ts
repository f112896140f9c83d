/**
 * Which sections make up each key group, as of the last completed checkpoint and as of each checkpoint that is under way. A
 * checkpoint continues the chains of the checkpoint that was the last completed one when it started, never those of one that
 * may still be aborted.
 */
import { assert, must } from '../../base/assert.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { KeyGroupChain, SectionRef } from '../../base/state-handle.ts';
import type { SectionChoice } from './section-plan.ts';

type Chain = readonly SectionRef[];

interface PendingChains {
  readonly continued: readonly Chain[];
  readonly choices: readonly SectionChoice[];
  /** Set once the sections are durable. */
  written: Chain[] | undefined;
}

export class KeyGroupChains {
  readonly #firstKeyGroup: number;
  readonly #pending = new Map<CheckpointId, PendingChains>();
  /** A new array with each completed checkpoint: pending ones hold on to the one they continue. */
  #completed: Chain[];

  constructor(firstKeyGroup: number, groupCount: number) {
    this.#firstKeyGroup = firstKeyGroup;
    this.#completed = Array.from({ length: groupCount }, () => []);
  }

  /** The chain that the next delta would continue. */
  completedChain(groupIndex: number): Chain {
    return this.#completed[groupIndex] ?? [];
  }

  restored(groupIndex: number, chain: Chain): void {
    assert(this.#pending.size === 0, 'A key group is restored while a checkpoint is pending');
    this.#completed[groupIndex] = chain;
  }

  started(id: CheckpointId, choices: readonly SectionChoice[]): void {
    this.#pending.set(id, { continued: this.#completed, choices, written: undefined });
  }

  /** `refs` are the places of the sections, in the order of key groups. */
  sectionsWritten(id: CheckpointId, refs: readonly SectionRef[]): readonly KeyGroupChain[] {
    const pending = must(this.#pending.get(id), `the chains of checkpoint ${id}`);
    assert(pending.written === undefined, () => `The sections of checkpoint ${id} were written twice`);
    let used = 0;
    const written = pending.choices.map((choice, groupIndex): Chain => {
      const chain = pending.continued[groupIndex] ?? [];
      if (choice === 'none') return chain;
      if (choice === 'empty') return [];
      const ref = must(refs[used++], `the place of a section of checkpoint ${id}`);
      assert(ref.isBase === (choice === 'base'), () => `A section of checkpoint ${id} is not what was handed over`);
      return choice === 'base' ? [ref] : [...chain, ref];
    });
    assert(used === refs.length, () => `Checkpoint ${id} has ${used} sections, but ${refs.length} places`);
    pending.written = written;
    return this.#named(written);
  }

  completed(id: CheckpointId): void {
    const chains = must(this.#pending.get(id)?.written, `written sections of the completed checkpoint ${id}`);
    this.#completed = chains;
    for (const earlier of this.#pending.keys()) if (earlier <= id) this.#pending.delete(earlier);
  }

  aborted(id: CheckpointId): void {
    this.#pending.delete(id);
  }

  isPending(id: CheckpointId): boolean {
    return this.#pending.has(id);
  }

  #named(chains: readonly Chain[]): KeyGroupChain[] {
    return chains
      .map((sections, groupIndex) => ({ keyGroup: this.#firstKeyGroup + groupIndex, sections }))
      .filter(({ sections }) => sections.length > 0);
  }
}
