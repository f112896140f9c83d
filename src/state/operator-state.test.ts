import { describe, expect, it } from 'vitest';
import { testStrings } from '../../test/support/strings.ts';
import { OperatorStateBackend } from './operator-state.ts';

function backendWith(restored?: ReturnType<OperatorStateBackend['snapshot']>): OperatorStateBackend {
  return new OperatorStateBackend({ strings: testStrings, restored });
}

describe('OperatorStateBackend', () => {
  it('restores what its snapshot holds', () => {
    const before = backendWith();
    before.listState<{ file: string; position: number }>('splits', 'split').update([
      { file: 'a.jsonl', position: 17 },
      { file: 'b.jsonl', position: 0 },
    ]);
    before.listState<bigint>('seen', 'union').update([1n]);
    const after = backendWith(before.snapshot());
    expect(after.isRestored).toBe(true);
    expect(after.listState('splits', 'split').get()).toEqual([
      { file: 'a.jsonl', position: 17 },
      { file: 'b.jsonl', position: 0 },
    ]);
    expect(after.listState('seen', 'union').get()).toEqual([1n]);
  });

  it('encodes at once', () => {
    const backend = backendWith();
    const split = { position: 1 };
    backend.listState('splits', 'split').update([split]);
    const snapshot = backend.snapshot();
    split.position = 2;
    expect(backendWith(snapshot).listState('splits', 'split').get()).toEqual([{ position: 1 }]);
  });

  it('returns the same list for the same name', () => {
    const backend = backendWith();
    backend.listState<number>('n', 'split').update([1, 2]);
    expect(backend.listState<number>('n', 'split').get()).toEqual([1, 2]);
    expect(() => backend.listState('n', 'union')).toThrow(/asked for with mode union, but has split/);
  });

  it('keeps restored lists that nobody asks for', () => {
    const before = backendWith();
    before.listState<number>('old', 'broadcast').update([7]);
    const between = backendWith(before.snapshot());
    between.listState<number>('new', 'split').update([8]);
    const after = backendWith(between.snapshot());
    expect(after.listState('old', 'broadcast').get()).toEqual([7]);
    expect(after.listState('new', 'split').get()).toEqual([8]);
  });

  it('starts empty and unrestored without a checkpoint, empty and restored with one that has no elements', () => {
    expect(backendWith().isRestored).toBe(false);
    expect(backendWith([]).isRestored).toBe(true);
    expect(backendWith([]).listState('splits', 'split').get()).toEqual([]);
  });

  it('refuses a mode other than the restored one', () => {
    const before = backendWith();
    before.listState<number>('n', 'split').update([1]);
    const after = backendWith(before.snapshot());
    expect(() => after.listState('n', 'union')).toThrow(expect.objectContaining({ code: 'STATE_INCOMPATIBLE' }));
  });

  it('names what cannot be stored', () => {
    const backend = backendWith();
    backend.listState<unknown>('splits', 'split').update([{ open: () => 1 }]);
    expect(() => backend.snapshot()).toThrow(expect.objectContaining({ code: 'VALUE_NOT_SERIALIZABLE' }));
  });
});
