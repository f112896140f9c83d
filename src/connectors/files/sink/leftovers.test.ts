import { describe, expect, it } from 'vitest';
import type { FileWriterState, WriterId } from './file-sink-state.ts';
import { Leftovers } from './leftovers.ts';
import type { TemporaryName } from './output-file-names.ts';

const writer = (fencingEpoch: number, attemptNumber: number, subtaskIndex = 0): WriterId => ({
  fencingEpoch,
  attemptNumber,
  subtaskIndex,
});
const file = (id: WriterId, counter: number): TemporaryName => ({ jobId: 'j', sink: 's', writer: id, counter });
const state = (id: WriterId, nextCounter: number): FileWriterState => ({
  version: 1,
  writer: id,
  nextCounter,
  inProgress: [],
});

describe('Leftovers', () => {
  const own = writer(3, 0);

  it('keeps files of this attempt and of later ones', () => {
    const leftovers = new Leftovers(own, []);
    expect(leftovers.isLeftover(file(writer(3, 0, 5), 0))).toBe(false);
    expect(leftovers.isLeftover(file(writer(3, 1), 0))).toBe(false);
    expect(leftovers.isLeftover(file(writer(4, 0), 0))).toBe(false);
  });

  it('takes everything older when there was no checkpoint', () => {
    const leftovers = new Leftovers(own, []);
    expect(leftovers.isLeftover(file(writer(2, 7), 0))).toBe(true);
  });

  it('takes of a restored writer only what it made after the checkpoint', () => {
    const leftovers = new Leftovers(own, [state(writer(2, 1), 4)]);
    expect(leftovers.isLeftover(file(writer(2, 1), 3))).toBe(false);
    expect(leftovers.isLeftover(file(writer(2, 1), 4))).toBe(true);
  });

  it('keeps the files of a writer that had finished in the restored attempt', () => {
    const leftovers = new Leftovers(own, [state(writer(2, 1), 4)]);
    expect(leftovers.isLeftover(file(writer(2, 1, 1), 9))).toBe(false);
  });

  it('takes the files of attempts that completed no checkpoint, and of those before the restored one', () => {
    const leftovers = new Leftovers(own, [state(writer(2, 1), 4)]);
    expect(leftovers.isLeftover(file(writer(2, 2), 0))).toBe(true);
    expect(leftovers.isLeftover(file(writer(1, 9), 0))).toBe(true);
  });
});
