import { median } from '../figures/median.ts';
import type { QueryFigures } from './run-checkout.ts';

/** Two runs, one after the other, so that whatever else the machine does meets both. */
export interface Pair {
  readonly accepted: QueryFigures;
  readonly current: QueryFigures;
}

export interface QueryComparison {
  readonly query: string;
  readonly pairs: readonly Pair[];
}

export interface ComparisonFigures {
  readonly query: string;
  /** Medians, events/s. */
  readonly acceptedRate: number;
  readonly currentRate: number;
  /** Of the current state's rate to the accepted one's, pair by pair: below 1 it has become slower. */
  readonly ratios: readonly number[];
  readonly ratio: number;
  readonly isSlower: boolean;
}

/** A query has become slower when it loses more than this. */
const RATIO_LEAST = 0.9;

export function comparisonFigures({ query, pairs }: QueryComparison): ComparisonFigures {
  const ratios = pairs.map(({ accepted, current }) => current.eventsPerSecond / accepted.eventsPerSecond);
  const ratio = median(ratios);
  return {
    query,
    acceptedRate: median(pairs.map(({ accepted }) => accepted.eventsPerSecond)),
    currentRate: median(pairs.map(({ current }) => current.eventsPerSecond)),
    ratios,
    ratio,
    isSlower: ratio < RATIO_LEAST,
  };
}
