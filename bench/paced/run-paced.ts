/** Runs a job over an open loop in this process, to its end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'millrace';
import type { JobEvent } from 'millrace';
import { readParts } from '../parts/part-folder.ts';
import { checkpointFigures } from '../figures/checkpoint-figures.ts';
import type { CompletedCheckpoint, CheckpointFigures } from '../figures/checkpoint-figures.ts';
import { latencyFigures } from './latency-figures.ts';
import type { LatencyFigures } from './latency-figures.ts';
import type { LatencyResult } from './latency-keeper.ts';
import { toJobParameters } from './paced-parameters.ts';
import type { PacedRun } from './paced-parameters.ts';

export interface PacedOptions {
  readonly module: URL;
  readonly run: PacedRun;
  readonly parallelism: number;
  /** ms; 0: no checkpoints. */
  readonly checkpointIntervalMs: number;
  readonly isIncremental: boolean;
}

export interface PacedFigures {
  readonly latencyMs: LatencyFigures;
  /** Of all checkpoints that were completed while events came. */
  readonly checkpoints: CheckpointFigures;
  readonly failedCheckpoints: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

export async function runPaced({
  module,
  run: pacedRun,
  parallelism,
  checkpointIntervalMs,
  isIncremental,
}: PacedOptions): Promise<PacedFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const results = join(directory, 'results');
  const checkpoints: CompletedCheckpoint[] = [];
  const onEvent = (event: JobEvent): void => {
    if (event.kind === 'checkpoint-completed') checkpoints.push({ ...event.checkpoint, atMs: performance.now() });
  };
  const checkpointing: Record<string, string> =
    checkpointIntervalMs === 0
      ? {}
      : {
          'execution.checkpointing.interval': `${checkpointIntervalMs} ms`,
          'execution.checkpointing.incremental': String(isIncremental),
          'execution.checkpointing.dir': join(directory, 'checkpoints'),
        };
  const cpuBefore = process.cpuUsage();
  try {
    const handle = await run(module, {
      parallelism,
      parameters: toJobParameters(pacedRun, results),
      configuration: { 'restart-strategy.type': 'none', ...checkpointing },
      onEvent,
    });
    const { failedCheckpoints } = await handle.result;
    const endedAtMs = performance.now();
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      latencyMs: latencyFigures(readParts<LatencyResult>(results, parallelism)),
      checkpoints: checkpointFigures(checkpoints, endedAtMs - pacedRun.measuredSeconds * 1000),
      failedCheckpoints,
      cpuSeconds: (user + system) / 1e6,
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
