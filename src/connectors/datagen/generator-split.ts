import type { SourceSplit } from '../../base/source.ts';

/** 1: first version. */
export const GENERATOR_SPLIT_VERSION = 1;

/**
 * The records with index residue, residue + modulus, residue + 2 * modulus, ... The modulus is the parallelism of the first start
 * and stays when the job is rescaled: the splits are then dealt out anew.
 */
export interface GeneratorSplit extends SourceSplit {
  readonly residue: number;
  readonly modulus: number;
  /** How many records of the split were emitted. */
  readonly position: number;
}

export function generatorSplit(residue: number, modulus: number): GeneratorSplit {
  return { splitId: `${residue}/${modulus}`, residue, modulus, position: 0 };
}

export function compareGeneratorSplits(a: GeneratorSplit, b: GeneratorSplit): number {
  return a.residue - b.residue;
}

/** The index of the split's next record. */
export function nextIndexOf(split: GeneratorSplit): number {
  return split.residue + split.modulus * split.position;
}
