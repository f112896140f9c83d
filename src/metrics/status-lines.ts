import { formatDuration } from '../base/duration.ts';
import type { JobStatusSnapshot } from '../job/job-status.ts';
import { checkpointText } from './checkpoint-text.ts';
import { printable } from './display-width.ts';
import { formatLag, formatRate, formatShare, formatWatermark } from './format-values.ts';
import type { VertexRates } from './vertex-rates.ts';

/**
 * The status where no terminal is: one line for the job, one for each vertex, without styling and of any width.
 *
 *   12 s  RUNNING  restarts 0  checkpoints 11 completed; last chk-11 in 35 ms, 2.1 MB written
 *     [1] Source: flights: in 1.20 M/s, out 1.18 M/s, busy 93 %, back-pressured 4 %, idle 3 %, watermark 2001-01-03 12:00:00 (lag 24.8 y)
 */
export function statusLines(snapshot: JobStatusSnapshot, rates: readonly VertexRates[]): readonly string[] {
  const { runtimeMs, status, restarts } = snapshot;
  const head = [formatDuration(runtimeMs), status, `restarts ${restarts}`, checkpointText(snapshot)].join('  ');
  return [head, ...rates.map((vertex, index) => `  [${index + 1}] ${vertexText(vertex, snapshot.atMs)}`)];
}

function vertexText(vertex: VertexRates, nowMs: number): string {
  const { perSecond, shares, watermarkMs } = vertex;
  const parts = [
    ...(perSecond === undefined
      ? []
      : [`in ${formatRate(perSecond.recordsIn)}/s`, `out ${formatRate(perSecond.recordsOut)}/s`]),
    ...(shares === undefined
      ? []
      : [
          `busy ${formatShare(shares.busy)}`,
          `back-pressured ${formatShare(shares.backPressured)}`,
          `idle ${formatShare(shares.idle)}`,
        ]),
    ...(watermarkMs === Number.NEGATIVE_INFINITY ? [] : [`watermark ${watermarkText(watermarkMs, nowMs)}`]),
  ];
  return `${printable(vertex.name)}: ${parts.length === 0 ? 'starting' : parts.join(', ')}`;
}

function watermarkText(watermarkMs: number, nowMs: number): string {
  const lag = formatLag(watermarkMs, nowMs);
  return lag === '' ? formatWatermark(watermarkMs) : `${formatWatermark(watermarkMs)} (lag ${lag})`;
}
