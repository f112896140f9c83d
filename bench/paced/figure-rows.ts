import { formatCount } from '../../src/metrics/format-values.ts';
import type { LatencyFigures } from './latency-figures.ts';

/** For printFigures. */
export function latencyRows({ results, p50, p99, p999, p9999, max }: LatencyFigures): (readonly [string, string])[] {
  return [
    ['results', formatCount(results)],
    ['p50', ms(p50)],
    ['p99', ms(p99)],
    ['p99.9', ms(p999)],
    ['p99.99', ms(p9999)],
    ['max', ms(max)],
  ];
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;
}
