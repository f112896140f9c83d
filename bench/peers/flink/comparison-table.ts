import { formatCount } from '../../../src/metrics/format-values.ts';
import { figuresOf, median } from './comparison.ts';
import type { Comparison } from './comparison.ts';

const HEAD = [
  '| query | events | Flink, M/s | Millrace, M/s | Millrace / Flink, each pair | median |',
  '|---|--:|--:|--:|---|--:|',
];

/** In Markdown. Rates are medians, in million events per second. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  return [...HEAD, ...comparisons.map(row)].join('\n');
}

function row(comparison: Comparison): string {
  const { flinkRates, millraceRates, ratios } = figuresOf(comparison);
  const cells = [
    comparison.query,
    formatCount(comparison.events),
    millions(median(flinkRates)),
    millions(median(millraceRates)),
    ratios.map(formatRatio).join(', '),
    formatRatio(median(ratios)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function millions(rate: number): string {
  return digits(rate / 1e6);
}

function formatRatio(ratio: number): string {
  return digits(ratio);
}

/** Three digits, but none below a hundredth. */
function digits(value: number): string {
  if (value < 9.995) return value.toFixed(2);
  return value.toFixed(1);
}
