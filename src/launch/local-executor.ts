/**
 * Runs streams that a script or test wrote down directly, on the `inline` host of the calling thread. Such a definition cannot
 * be evaluated a second time, so there is one slot and no restart: what fails, fails the call.
 */
import { hostname } from 'node:os';
import { NO_MUTANTS } from '../base/mutants.ts';
import type { Sink } from '../base/sink.ts';
import { StreamExecutionEnvironment } from '../api/stream-execution-environment.ts';
import type { Executor } from '../api/executor.ts';
import { NO_LOCKS } from '../checkpoint/job-locks.ts';
import { MemoryFiles } from '../checkpoint/storage/memory-files.ts';
import { decodeValue } from '../codec/encode-value.ts';
import { CollectSink } from '../connectors/collect/collect-sink.ts';
import type { JobBuildContext, JobDefinition } from '../graph/stream-graph.ts';
import { nodeEnvironment } from '../host/node/node-environment.ts';
import { inlineHost } from './inline-host-parts.ts';
import type { JobHandle } from './job-handle.ts';
import { startJob } from './start-job.ts';

/**
 * For scripts and tests: describe a stream, then `await stream.executeAndCollect()` or `await env.execute()`.
 *
 *     const env = createEnvironment();
 *     const doubled = await env.fromElements(1, 2, 3).map((n) => n * 2).executeAndCollect();
 */
export function createEnvironment(
  context: Partial<Pick<JobBuildContext, 'parameters'>> = {},
): StreamExecutionEnvironment {
  return StreamExecutionEnvironment.create(localExecutor, { ...context, parallelism: 1 });
}

const localExecutor: Executor = {
  execute: async (definition) => {
    const handle = await start(definition, () => {});
    await handle.result;
  },
  executeAndCollect: (definitionWith, limit) => collect(definitionWith, limit),
};

async function collect(
  definitionWith: (sink: Sink<unknown>) => JobDefinition,
  limit: number,
): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  const batches = new Set<string>();
  const running: { handle?: JobHandle } = {};
  running.handle = await start(definitionWith(new CollectSink<unknown>()), (batchId, batch) => {
    if (batches.has(batchId)) return;
    batches.add(batchId);
    rows.push(...batch);
    if (rows.length >= limit) void running.handle?.cancel();
  });
  await running.handle.result;
  return rows.slice(0, limit);
}

function start(
  definition: JobDefinition,
  onRows: (batchId: string, rows: readonly unknown[]) => void,
): Promise<JobHandle> {
  const environment = nodeEnvironment();
  return startJob({
    definition,
    module: undefined,
    packageName: undefined,
    parameters: new Map(),
    defaultParallelism: 1,
    fileSettings: [],
    commandLineSettings: [{ key: 'restart-strategy.type', value: 'none', origin: 'a script' }],
    checks: { checkMutation: true, checkValues: true, mutants: NO_MUTANTS },
    options: {},
    environment,
    // Nobody resumes a script's job: its checkpoints, if it takes any, live and die with it.
    storageTarget: () => ({
      kind: 'jobmanager',
      checkpointDirectory: '/checkpoints',
      environment: { ...environment, files: new MemoryFiles() },
    }),
    locks: NO_LOCKS,
    hostName: hostname(),
    pid: process.pid,
    makeHost: (parts) => inlineHost(parts, environment),
    onCollected: (_sinkId, batchId, rows) => {
      const decoded = decodeValue(environment.strings, rows);
      onRows(batchId, Array.isArray(decoded) ? decoded : []);
    },
  });
}
