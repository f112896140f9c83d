/**
 * Deliberate faults that the simulator can switch on, to prove that it would find them. Nothing else may: every driver takes
 * NO_MUTANTS unless it is told otherwise.
 */
export type MutantName =
  | 'skipped-alignment'
  | 'early-commit'
  | 'pointer-before-metadata'
  | 'lost-tombstone'
  | 'no-copy-before-mutation'
  | 'stale-epoch-accepted';

export interface Mutants {
  readonly active: ReadonlySet<MutantName>;
}

export const NO_MUTANTS: Mutants = { active: new Set() };
