import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../base/ids.ts';
import { keepsCheckpoints, keptFiles, retainCompleted, unknownReferences } from './retention.ts';
import type { RetainedCheckpoint, RetentionSettings, RetentionState } from './retention.ts';

const NOTHING: RetentionState = { retained: [], droppedLast: [] };

function completed(n: number, ...files: string[]): RetainedCheckpoint {
  return { checkpointId: checkpointId(n), files: new Set(files) };
}

const oneAtATime = (numRetained: number): RetentionSettings => ({ numRetained, maxConcurrent: 1 });

describe('retention', () => {
  it('keeps the newest and what they refer to', () => {
    const one = retainCompleted(NOTHING, completed(1, 'a'), oneAtATime(1)).state;
    const two = retainCompleted(one, completed(2, 'a', 'b'), oneAtATime(1));
    expect(two.dropped).toEqual([1]);
    expect(two.deletableFiles).toEqual([]);
    const three = retainCompleted(two.state, completed(3, 'b', 'c'), oneAtATime(1));
    expect(three.dropped).toEqual([2]);
    expect(three.deletableFiles).toEqual([]);
    // 'a' was last needed by 2, which was dropped when 3 completed.
    const four = retainCompleted(three.state, completed(4, 'c'), oneAtATime(1));
    expect(four.deletableFiles).toEqual(['a']);
    expect(keptFiles(four.state)).toEqual(new Set(['b', 'c']));
  });

  it('keeps longer what checkpoints may build on that are in progress at once', () => {
    const settings = { numRetained: 1, maxConcurrent: 2 };
    const one = retainCompleted(NOTHING, completed(1, 'a'), settings).state;
    const two = retainCompleted(one, completed(2, 'b'), settings).state;
    // Taken while 2 and 3 were in progress, 4 may build on 1.
    const three = retainCompleted(two, completed(3, 'c'), settings);
    expect(three.deletableFiles).toEqual([]);
    expect(unknownReferences(three.state, new Set(['a']), () => false)).toEqual([]);
    expect(retainCompleted(three.state, completed(4, 'a'), settings).deletableFiles).toEqual([]);
    expect(retainCompleted(three.state, completed(4, 'd'), settings).deletableFiles).toEqual(['a']);
  });

  it('keeps at least one, whatever is asked for', () => {
    expect(retainCompleted(NOTHING, completed(1), oneAtATime(0)).state.retained).toHaveLength(1);
  });

  it('sees a checkpoint that refers to files that may go', () => {
    const state = retainCompleted(NOTHING, completed(1, 'a'), oneAtATime(1)).state;
    const isOwn = (file: string): boolean => file === 'own';
    expect(unknownReferences(state, new Set(['a', 'own']), isOwn)).toEqual([]);
    expect(unknownReferences(state, new Set(['a', 'gone']), isOwn)).toEqual(['gone']);
  });

  /**
   * Checkpoints complete in ascending order, each with files of its own and some of what rule 3 lets it refer to. A model disk
   * loses what is said to be deletable.
   */
  it('never deletes a file that is referred to, and each file at last', () => {
    const steps = fc.array(fc.record({ own: fc.nat(3), reuse: fc.array(fc.nat(30), { maxLength: 6 }) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        (checkpoints, numRetained, maxConcurrent) => {
          let state = NOTHING;
          const disk = new Set<string>();
          const deleted = new Set<string>();
          let n = 0;
          const complete = (files: string[]): void => {
            n++;
            for (const file of files) disk.add(file);
            const step = retainCompleted(state, completed(n, ...files), { numRetained, maxConcurrent });
            state = step.state;
            for (const file of step.deletableFiles) {
              expect(deleted.has(file)).toBe(false);
              deleted.add(file);
              disk.delete(file);
            }
            for (const { files: needed } of state.retained)
              for (const file of needed) expect(disk.has(file)).toBe(true);
          };
          for (const { own, reuse } of checkpoints) {
            const known = [...keptFiles(state)];
            const reused = known.length === 0 ? [] : reuse.map((index) => known[index % known.length] ?? '');
            complete([...new Set([...reused, ...Array.from({ length: own }, (_, index) => `${n + 1}-${index}`)])]);
          }
          for (let extra = 0; extra < numRetained + maxConcurrent + 1; extra++) complete([]);
          expect(disk.size).toBe(0);
        },
      ),
    );
  });

  it.each([
    ['RETAIN_ON_CANCELLATION', 'canceled', true],
    ['DELETE_ON_CANCELLATION', 'canceled', false],
    ['NO_EXTERNALIZED_CHECKPOINTS', 'canceled', false],
    ['RETAIN_ON_CANCELLATION', 'finished', false],
    ['NO_EXTERNALIZED_CHECKPOINTS', 'failed', true],
    ['NO_EXTERNALIZED_CHECKPOINTS', 'suspended', true],
  ] as const)('%s of a job that is %s: kept is %s', (retention, end, isKept) => {
    expect(keepsCheckpoints(retention, end)).toBe(isKept);
  });
});
