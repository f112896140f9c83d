/** What pairs of runs say. Both runs of a pair were made one after the other, so that they share the machine's mood. */
import type { EngineRun } from './engine.ts';

export interface Pair {
  readonly flink: EngineRun;
  readonly millrace: EngineRun;
}

export interface Comparison {
  readonly query: string;
  readonly events: number;
  readonly pairs: readonly Pair[];
}

export interface Figures {
  /** Events/s of each run. */
  readonly flinkRates: readonly number[];
  readonly millraceRates: readonly number[];
  /** Millrace's rate over Flink's, pair by pair: above 1, Millrace is faster. */
  readonly ratios: readonly number[];
}

export function figuresOf({ events, pairs }: Comparison): Figures {
  return {
    flinkRates: pairs.map(({ flink }) => events / flink.seconds),
    millraceRates: pairs.map(({ millrace }) => events / millrace.seconds),
    ratios: pairs.map(({ flink, millrace }) => flink.seconds / millrace.seconds),
  };
}

/** The mean of the middle two where there is no middle one; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
