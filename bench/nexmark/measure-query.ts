/** One run of a query in this process, and what it cost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { run } from 'millrace';
import type { JobEvent, JobHandle } from 'millrace';
import { CheckValue } from './check-value.ts';
import type { Query } from './queries.ts';
import type { PartialResult } from './result-sink.ts';

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
  const results = new ResultChannel(directory);
  const cpuBefore = process.cpuUsage();
  try {
    const handle = await run(query.module, {
      parallelism: options.parallelism,
      host: options.host,
      parameters: { events: String(options.events), results: directory, verify: String(options.isVerified) },
      configuration: configuration(directory, options.checkpointIntervalMs),
      onEvent,
    });
    const seconds = await timeOf(handle);
    const cpu = process.cpuUsage(cpuBefore);
    const { rows, sum } = await results.whole(options.parallelism);
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
    results.close();
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

/** Puts the parts together that the subtasks of the sink tell. */
class ResultChannel {
  readonly #channel: BroadcastChannel;
  readonly #parts = new Map<number, PartialResult>();
  #onPart: () => void = () => {};

  constructor(name: string) {
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = (message: unknown) => {
      const { data } = message as { readonly data: PartialResult }; // what result-sink.ts posts
      this.#parts.set(data.subtaskIndex, data);
      this.#onPart();
    };
  }

  async whole(parallelism: number): Promise<{ readonly rows: number; readonly sum: number }> {
    while (this.#parts.size < parallelism) await new Promise<void>((resolve) => (this.#onPart = resolve));
    const check = new CheckValue();
    for (const part of this.#parts.values()) check.addAll(part);
    return { rows: check.rows, sum: check.sum };
  }

  close(): void {
    this.#channel.close();
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
