import { describe, expect, it } from 'vitest';
import { CHAIN_LENGTH_MAX, planSections } from './section-plan.ts';
import type { KeyGroupSituation, SectionChoice } from './section-plan.ts';

function situation(change: Partial<KeyGroupSituation>): KeyGroupSituation {
  return { groupIndex: 0, liveCount: 1000, changedCount: 10, chainLength: 1, chainEntryCount: 1000, ...change };
}

function choiceOf(
  change: Partial<KeyGroupSituation>,
  mode: 'full' | 'incremental' = 'incremental',
): SectionChoice | undefined {
  return planSections([situation(change)], mode)[0];
}

describe('planSections', () => {
  it.each<[string, Partial<KeyGroupSituation>, SectionChoice]>([
    ['a key group that changed a little', {}, 'delta'],
    ['one that did not change', { changedCount: 0 }, 'none'],
    ['one that did not change but has a long chain', { changedCount: 0, chainLength: 20 }, 'none'],
    ['one without entries', { liveCount: 0 }, 'empty'],
    ['one without a chain', { changedCount: 'everything', chainLength: 0 }, 'base'],
    ['one without a chain that changed a little', { chainLength: 0, chainEntryCount: 0 }, 'base'],
    ['one that changed as a whole', { changedCount: 1000 }, 'base'],
    ['a small one', { liveCount: 16, changedCount: 1 }, 'base'],
    ['one whose chain is at its limit', { chainLength: CHAIN_LENGTH_MAX }, 'base'],
  ])('%s', (_, change, expected) => {
    expect(choiceOf(change)).toBe(expected);
  });

  it('writes bases of all that has entries when the mode is full', () => {
    expect(choiceOf({}, 'full')).toBe('base');
    expect(choiceOf({ changedCount: 0 }, 'full')).toBe('base');
    expect(choiceOf({ liveCount: 0 }, 'full')).toBe('empty');
  });

  it('rewrites the worst chains, up to a tenth of the state', () => {
    const situations = Array.from({ length: 40 }, (_, groupIndex) =>
      situation({ groupIndex, chainLength: Math.max(1, groupIndex % 20) }),
    );
    const choices = planSections(situations, 'incremental');
    const rewritten = situations.filter((_, at) => choices[at] === 'base').map(({ chainLength }) => chainLength);
    expect(rewritten.toSorted((a, b) => a - b)).toEqual([18, 18, 19, 19]);
  });

  it('rewrites a chain whose deltas hold as much as its base', () => {
    expect(choiceOf({ chainEntryCount: 1999, chainLength: 3 })).toBe('delta');
    expect(choiceOf({ chainEntryCount: 2000, chainLength: 3 })).toBe('base');
  });

  it('rewrites the worst chain even if it is most of the state, and then nothing else', () => {
    const situations = [
      situation({ liveCount: 9000, chainLength: 15, chainEntryCount: 15_000 }),
      situation({ liveCount: 600, chainLength: 12, chainEntryCount: 600 }),
      situation({ liveCount: 400, chainLength: 10, chainEntryCount: 400 }),
    ];
    expect(planSections(situations, 'incremental')).toEqual(['base', 'delta', 'delta']);
  });
});
