/**
 * Decides at the start of a snapshot what it writes of each key group. A key group's chain (a base, then deltas) must not grow
 * without end: restore reads all of it, and the files stay. But a checkpoint that wrote all bases at once would be a spike. So
 * each incremental checkpoint rewrites the few worst chains, up to a tenth of the state.
 */

/** Chains of this length always get a base: the bound that holds whatever happens. */
export const CHAIN_LENGTH_MAX = 24;
/** From this length on a chain may be rewritten, however little its deltas hold. */
const CHAIN_LENGTH_LONG = 8;
/** One in so many entries of the state is rewritten at most, beside the worst chain. */
const REWRITTEN_PART = 10;
/** Key groups up to this size are written whole: a delta would save nothing. */
const LIVE_COUNT_SMALL = 16;

export interface KeyGroupSituation {
  readonly groupIndex: number;
  /** Entries of the key group now. */
  readonly liveCount: number;
  /** Entries that a delta would hold, an estimate. */
  readonly changedCount: number | 'everything';
  /** Sections of the chain that a delta would continue, and their entries. */
  readonly chainLength: number;
  readonly chainEntryCount: number;
}

/** none: the chain stays as it is. empty: the key group has no entries any more, and from here on no chain. */
export type SectionChoice = 'none' | 'empty' | 'delta' | 'base';

/** The choices in the order of `situations`. */
export function planSections(situations: readonly KeyGroupSituation[], mode: 'full' | 'incremental'): SectionChoice[] {
  const choices = situations.map((situation) => choose(situation, mode));
  if (mode === 'incremental') rewriteWorst(situations, choices);
  return choices;
}

function choose(situation: KeyGroupSituation, mode: 'full' | 'incremental'): SectionChoice {
  const { liveCount, changedCount, chainLength } = situation;
  if (liveCount === 0) return 'empty';
  if (mode === 'full' || changedCount === 'everything' || chainLength === 0) return 'base';
  if (changedCount === 0) return 'none';
  const isCheap = liveCount <= LIVE_COUNT_SMALL || changedCount >= liveCount;
  return isCheap || chainLength >= CHAIN_LENGTH_MAX ? 'base' : 'delta';
}

/** The worst chain is always rewritten, others while they fit into the budget. */
function rewriteWorst(situations: readonly KeyGroupSituation[], choices: SectionChoice[]): void {
  const candidates = situations
    .map((situation, at) => ({ situation, at }))
    .filter(({ situation, at }) => choices[at] === 'delta' && isWorthRewriting(situation))
    .sort((a, b) => badness(b.situation) - badness(a.situation) || a.at - b.at);
  let budget = situations.reduce((sum, { liveCount }) => sum + liveCount, 0) / REWRITTEN_PART;
  candidates.forEach(({ situation, at }, rank) => {
    if (rank > 0 && situation.liveCount > budget) return;
    budget -= situation.liveCount;
    choices[at] = 'base';
  });
}

function isWorthRewriting({ liveCount, chainLength, chainEntryCount }: KeyGroupSituation): boolean {
  return chainLength >= CHAIN_LENGTH_LONG || chainEntryCount >= 2 * liveCount;
}

/** How far the chain is from a fresh base, in entries read in vain and in sections. */
function badness({ liveCount, chainLength, chainEntryCount }: KeyGroupSituation): number {
  return chainEntryCount / liveCount + chainLength / CHAIN_LENGTH_LONG;
}
