import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { operatorId } from '../base/ids.ts';
import type { ListStateSnapshot, OperatorSubtaskState, RedistributionMode } from '../base/state-handle.ts';
import { goldenCase } from '../../test/support/golden-case.ts';
import { redistributeOperatorState } from './redistribute.ts';

const MAX_PARALLELISM = 128;
const ID = operatorId('0123456789abcdef0123456789abcdef');

function list(name: string, mode: RedistributionMode, elements: readonly string[]): ListStateSnapshot {
  return { name, mode, elements: elements.map((element) => new TextEncoder().encode(element)) };
}

function subtask(lists: readonly ListStateSnapshot[], more: Partial<OperatorSubtaskState> = {}): OperatorSubtaskState {
  return { operatorId: ID, keyed: [], states: [], lists, watermarkMs: undefined, ...more };
}

function chainOf(keyGroup: number): OperatorSubtaskState['keyed'][number] {
  return {
    keyGroup,
    sections: [
      { file: `f${keyGroup}`, blockOffset: 0, blockLength: 1, offset: 0, length: 1, isBase: true, entryCount: 1 },
    ],
  };
}

/** All new subtasks. */
function redistribute(old: readonly (OperatorSubtaskState | undefined)[], parallelism: number): OperatorSubtaskState[] {
  return Array.from({ length: parallelism }, (_, index) =>
    redistributeOperatorState(old, parallelism, MAX_PARALLELISM, index),
  );
}

function textsOf(state: OperatorSubtaskState, name: string): string[] {
  const found = state.lists.find((candidate) => candidate.name === name);
  return (found?.elements ?? []).map((bytes) => new TextDecoder().decode(bytes));
}

describe('redistribution of operator state against Flink', () => {
  it.each([
    ['operator-state-1-to-4', 4],
    ['operator-state-2-to-2', 2],
    ['operator-state-2-to-3', 3],
    ['operator-state-3-to-2', 2],
  ])('%s', (name, parallelism) => {
    const { input, output } = goldenCase<
      { elements: string[] },
      { split: string[]; union: string[]; bc: { k: number }; restored: boolean }
    >(name);
    const old = input.map(({ elements }) =>
      subtask([list('split', 'split', elements), list('union', 'union', elements), list('bc', 'broadcast', ['k=7'])]),
    );
    redistribute(old, parallelism).forEach((state, index) => {
      expect({
        split: textsOf(state, 'split').toSorted(),
        union: textsOf(state, 'union').toSorted(),
        bc: textsOf(state, 'bc'),
      }).toEqual({ split: output[index]?.split, union: output[index]?.union, bc: ['k=7'] });
    });
    expect(output).toHaveLength(parallelism);
  });
});

describe('redistributeOperatorState', () => {
  it('deals split lists out in order, without loss, in pieces that differ by one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        (sizes, parallelism) => {
          let next = 0;
          const old = sizes.map((size) =>
            subtask([
              list(
                's',
                'split',
                Array.from({ length: size }, () => `${next++}`),
              ),
            ]),
          );
          const pieces = redistribute(old, parallelism).map((state) => textsOf(state, 's'));
          expect(pieces.flat()).toEqual(Array.from({ length: next }, (_, index) => `${index}`));
          const lengths = pieces.map((piece) => piece.length);
          if (parallelism !== sizes.length) expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('gives the longer pieces of each further state to the subtasks after those of the state before', () => {
    const lists = ['a', 'b', 'c'].map((name) => list(name, 'split', ['0', '1', '2', '3']));
    const states = redistribute([subtask(lists)], 3);
    const lengths = (name: string): number[] => states.map((state) => textsOf(state, name).length);
    expect(lengths('a')).toEqual([2, 1, 1]);
    expect(lengths('b')).toEqual([1, 2, 1]);
    expect(lengths('c')).toEqual([1, 1, 2]);
    // Numbered from the start index on, the pieces are in order.
    expect(states.map((state) => textsOf(state, 'b'))).toEqual([['3'], ['0', '1'], ['2']]);
  });

  it('leaves split lists alone and gives everyone the union at the same parallelism', () => {
    const old = [['a', 'b'], []].map((elements) =>
      subtask([list('s', 'split', elements), list('u', 'union', elements)]),
    );
    const states = redistribute(old, 2);
    expect(states.map((state) => textsOf(state, 's'))).toEqual([['a', 'b'], []]);
    expect(states.map((state) => textsOf(state, 'u'))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('takes broadcast copies of subtasks that had not finished', () => {
    const old = [undefined, subtask([list('b', 'broadcast', ['x'])]), subtask([])];
    expect(redistribute(old, 3).map((state) => textsOf(state, 'b'))).toEqual([['x'], ['x'], ['x']]);
  });

  it('moves key groups to their new owners', () => {
    const half = (from: number): OperatorSubtaskState =>
      subtask([], { keyed: Array.from({ length: 64 }, (_, index) => chainOf(from + index)) });
    const groups = redistribute([half(0), half(64)], 3).map((state) => state.keyed.map(({ keyGroup }) => keyGroup));
    expect(groups.map((owned) => [owned[0], owned.at(-1)])).toEqual([
      [0, 42],
      [43, 85],
      [86, 127],
    ]);
    expect(groups.flat()).toEqual(Array.from({ length: 128 }, (_, index) => index));
  });

  it('refuses two owners of a key group', () => {
    const old = [subtask([], { keyed: [chainOf(5)] }), subtask([], { keyed: [chainOf(5)] })];
    expect(() => redistribute(old, 1)).toThrow(/Two old subtasks have key group 5/);
  });

  it('takes the lowest watermark of those that had one', () => {
    const old = [undefined, 30, 20].map((watermarkMs) => subtask([], { watermarkMs }));
    expect(redistribute(old, 2).map(({ watermarkMs }) => watermarkMs)).toEqual([20, 20]);
    expect(redistribute([subtask([])], 1)[0]?.watermarkMs).toBeUndefined();
  });

  it('joins the declared states', () => {
    const old = [subtask([], { states: [] }), subtask([], { states: [{ name: 'sum', kind: 'value' }] })];
    expect(redistribute(old, 1)[0]?.states).toEqual([{ name: 'sum', kind: 'value' }]);
  });

  it('refuses a parallelism above the max parallelism', () => {
    expect(() => redistributeOperatorState([subtask([])], 129, MAX_PARALLELISM, 0)).toThrow(
      expect.objectContaining({ code: 'PARALLELISM_TOO_HIGH' }),
    );
  });
});
