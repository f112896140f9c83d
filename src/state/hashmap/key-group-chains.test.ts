import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../base/ids.ts';
import type { KeyGroupChain, SectionRef } from '../../base/state-handle.ts';
import { KeyGroupChains } from './key-group-chains.ts';

function ref(file: string, isBase: boolean): SectionRef {
  return { file, blockOffset: 0, blockLength: 1, offset: 0, length: 1, isBase, entryCount: 1 };
}

const base = (file: string): SectionRef => ref(file, true);
const delta = (file: string): SectionRef => ref(file, false);

function filesOf(chains: readonly KeyGroupChain[]): Record<number, string[]> {
  return Object.fromEntries(chains.map(({ keyGroup, sections }) => [keyGroup, sections.map(({ file }) => file)]));
}

describe('KeyGroupChains', () => {
  it('grow with deltas, begin anew with bases and end with the last entry', () => {
    const chains = new KeyGroupChains(10, 3);
    chains.started(checkpointId(1), ['base', 'base', 'empty']);
    expect(filesOf(chains.sectionsWritten(checkpointId(1), [base('a1'), base('b1')]))).toEqual({
      10: ['a1'],
      11: ['b1'],
    });
    chains.completed(checkpointId(1));
    chains.started(checkpointId(2), ['delta', 'none', 'base']);
    expect(filesOf(chains.sectionsWritten(checkpointId(2), [delta('a2'), base('c2')]))).toEqual({
      10: ['a1', 'a2'],
      11: ['b1'],
      12: ['c2'],
    });
    chains.completed(checkpointId(2));
    chains.started(checkpointId(3), ['base', 'empty', 'none']);
    expect(filesOf(chains.sectionsWritten(checkpointId(3), [base('a3')]))).toEqual({ 10: ['a3'], 12: ['c2'] });
  });

  it('continue the checkpoint that was completed at the start, not one that is pending', () => {
    const chains = new KeyGroupChains(0, 1);
    chains.started(checkpointId(1), ['base']);
    chains.sectionsWritten(checkpointId(1), [base('a1')]);
    chains.completed(checkpointId(1));
    chains.started(checkpointId(2), ['base']);
    chains.started(checkpointId(3), ['delta']);
    chains.sectionsWritten(checkpointId(2), [base('a2')]);
    chains.completed(checkpointId(2));
    expect(chains.completedChain(0).map(({ file }) => file)).toEqual(['a2']);
    expect(filesOf(chains.sectionsWritten(checkpointId(3), [delta('a3')]))).toEqual({ 0: ['a1', 'a3'] });
    chains.completed(checkpointId(3));
    expect(chains.completedChain(0).map(({ file }) => file)).toEqual(['a1', 'a3']);
  });

  it('stay as they are when a checkpoint is aborted', () => {
    const chains = new KeyGroupChains(0, 1);
    chains.restored(0, [base('old')]);
    chains.started(checkpointId(7), ['delta']);
    chains.sectionsWritten(checkpointId(7), [delta('a7')]);
    chains.aborted(checkpointId(7));
    expect(chains.isPending(checkpointId(7))).toBe(false);
    chains.started(checkpointId(8), ['delta']);
    expect(filesOf(chains.sectionsWritten(checkpointId(8), [delta('a8')]))).toEqual({ 0: ['old', 'a8'] });
  });

  it('refuse places that are not those of the sections', () => {
    const chains = new KeyGroupChains(0, 2);
    chains.started(checkpointId(1), ['base', 'base']);
    expect(() => chains.sectionsWritten(checkpointId(1), [base('a')])).toThrow(/place of a section/);
    expect(() => chains.sectionsWritten(checkpointId(1), [base('a'), delta('b')])).toThrow(/not what was handed over/);
    expect(() => chains.sectionsWritten(checkpointId(1), [base('a'), base('b'), base('c')])).toThrow(
      /2 sections, but 3/,
    );
    expect(() => chains.completed(checkpointId(1))).toThrow(/written sections/);
    expect(() => chains.sectionsWritten(checkpointId(2), [])).toThrow(/chains of checkpoint 2/);
  });
});
