/** Runs a query in this process, in folders that are there, and times it. */
import { run } from 'millrace';
import type { JobEvent, JobHandle } from 'millrace';
import { median } from '../figures/median.ts';
import { crashParameters } from './crash.ts';
import type { Measurement, QueryRun } from './measurement.ts';

export interface QueryFolders {
  readonly checkpoints: string;
  readonly results: string;
  /** A file that a crash makes. */
  readonly crashMarker: string;
}

export type RunFigures = Omit<Measurement, 'rows' | 'check'>;

/** How often the job is looked at: what the times may be wrong by. */
const LOOK_INTERVAL_MS = 5;

export async function runQuery(module: URL, queryRun: QueryRun, folders: QueryFolders): Promise<RunFigures> {
  const durations: number[] = [];
  let bytes = 0;
  const onEvent = (event: JobEvent): void => {
    if (event.kind !== 'checkpoint-completed') return;
    durations.push(event.checkpoint.durationMs);
    bytes += event.checkpoint.writtenBytes;
  };
  const cpuBefore = process.cpuUsage();
  const handle = await run(module, {
    parallelism: queryRun.parallelism,
    host: queryRun.host === 'inline' ? 'inline' : 'threads',
    parameters: parametersOf(queryRun, folders),
    configuration: configurationOf(queryRun, folders),
    onEvent,
  });
  const seconds = await timeOf(handle);
  const { restarts } = await handle.result;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    checkpoints: {
      count: durations.length,
      medianMs: median(durations),
      longestMs: Math.max(0, ...durations),
      bytes,
    },
    restarts,
  };
}

function parametersOf(
  { events, isVerified, rate, crash }: QueryRun,
  { results, crashMarker }: QueryFolders,
): Readonly<Record<string, string>> {
  return {
    events: String(events),
    results,
    verify: String(isVerified),
    ...(rate === undefined ? {} : { rate: String(rate) }),
    ...(crash === undefined ? {} : crashParameters({ ...crash, marker: crashMarker })),
  };
}

function configurationOf(
  { checkpointIntervalMs, crash }: QueryRun,
  { checkpoints }: QueryFolders,
): Readonly<Record<string, string>> {
  const restarts: Record<string, string> =
    crash === undefined
      ? { 'restart-strategy.type': 'none' }
      : { 'restart-strategy.type': 'fixed-delay', 'restart-strategy.fixed-delay.delay': '0 s' };
  if (checkpointIntervalMs === 0) return restarts;
  return {
    ...restarts,
    'execution.checkpointing.interval': `${checkpointIntervalMs} ms`,
    'execution.checkpointing.dir': checkpoints,
  };
}

/** Rejects when the job fails. */
async function timeOf(handle: JobHandle): Promise<number> {
  const calledAt = performance.now();
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
  return ((finishedAt ?? performance.now()) - (startedAt ?? calledAt)) / 1000;
}
