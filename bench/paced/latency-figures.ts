import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { newHistogram } from './latency-keeper.ts';
import type { LatencyResult } from './latency-keeper.ts';

/** ms */
export interface LatencyFigures {
  readonly results: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly p9999: number;
  readonly max: number;
}

/** Of all subtasks together. */
export function latencyFigures(parts: readonly LatencyResult[]): LatencyFigures {
  const whole = newHistogram();
  for (const { histogram } of parts) whole.add(decodeFromCompressedBase64(histogram));
  const percentileMs = (percentile: number): number => whole.getValueAtPercentile(percentile) / 1000;
  return {
    results: parts.reduce((sum, { results }) => sum + results, 0),
    p50: percentileMs(50),
    p99: percentileMs(99),
    p999: percentileMs(99.9),
    p9999: percentileMs(99.99),
    max: whole.maxValue / 1000,
  };
}
