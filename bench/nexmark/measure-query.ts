/** One run of a query in this process, and what it cost. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'millrace';
import type { JobEvent, JobHandle } from 'millrace';
import type { Query } from './queries.ts';
import { readResults } from './result-folder.ts';

export interface MeasureOptions {
  readonly events: number;
  readonly parallelism: number;
  readonly host: 'threads' | 'inline';
  /** ms; 0: no checkpoints. */
  readonly checkpointIntervalMs: number;
  readonly isVerified: boolean;
}

export interface Measurement {
  readonly rows: number;
  /** Undefined when the run was not verified. */
  readonly check: number | undefined;
  /** From all subtasks running to the last finished. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly checkpoints: {
    readonly count: number;
    readonly medianMs: number;
    readonly longestMs: number;
    readonly bytes: number;
  };
}

/** How often the job is looked at: what the times may be wrong by. */
const LOOK_INTERVAL_MS = 5;

export async function measureQuery(query: Query, options: MeasureOptions): Promise<Measurement> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const durations: number[] = [];
  let bytes = 0;
  const onEvent = (event: JobEvent): void => {
    if (event.kind !== 'checkpoint-completed') return;
    durations.push(event.checkpoint.durationMs);
    bytes += event.checkpoint.writtenBytes;
  };
  const results = join(directory, 'results');
  mkdirSync(results);
  const cpuBefore = process.cpuUsage();
  try {
    const handle = await run(query.module, {
      parallelism: options.parallelism,
      host: options.host,
      parameters: { events: String(options.events), results, verify: String(options.isVerified) },
      configuration: configuration(directory, options.checkpointIntervalMs),
      onEvent,
    });
    const seconds = await timeOf(handle);
    const cpu = process.cpuUsage(cpuBefore);
    const { rows, sum } = readResults(results, options.parallelism);
    return {
      rows,
      check: options.isVerified ? sum : undefined,
      seconds,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
      checkpoints: {
        count: durations.length,
        medianMs: median(durations),
        longestMs: Math.max(0, ...durations),
        bytes,
      },
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function configuration(directory: string, checkpointIntervalMs: number): Readonly<Record<string, string>> {
  const withoutRestarts = { 'restart-strategy.type': 'none' };
  if (checkpointIntervalMs === 0) return withoutRestarts;
  return {
    ...withoutRestarts,
    'execution.checkpointing.interval': `${checkpointIntervalMs} ms`,
    'execution.checkpointing.dir': directory,
  };
}

/** Rejects when the job fails. */
async function timeOf(handle: JobHandle): Promise<number> {
  let startedAt: number | undefined;
  let finishedAt: number | undefined;
  const look = (): void => {
    const { vertices } = handle.status();
    const count = (of: 'runningSubtasks' | 'finishedSubtasks'): number =>
      vertices.reduce((sum, vertex) => sum + vertex[of], 0);
    const all = vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
    if (count('runningSubtasks') + count('finishedSubtasks') === all) startedAt ??= performance.now();
    if (count('finishedSubtasks') === all) finishedAt ??= performance.now();
  };
  const timer = setInterval(look, LOOK_INTERVAL_MS);
  try {
    await handle.result;
  } finally {
    clearInterval(timer);
  }
  const endedAt = performance.now();
  return ((finishedAt ?? endedAt) - (startedAt ?? endedAt)) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
