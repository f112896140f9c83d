/**
 * What is known of a job before anything is opened: its configuration, its job graph, the slots it takes. All of the configuration is
 * checked at once, whoever set it.
 */
import { MillraceError } from '../base/errors.ts';
import type { JobId } from '../base/ids.ts';
import { Configuration } from '../config/configuration.ts';
import type { Setting } from '../config/configuration.ts';
import { PipelineOptions } from '../config/options.ts';
import { buildJobGraph } from '../graph/build-job-graph.ts';
import type { JobGraph } from '../graph/job-graph.ts';
import type { StreamGraph } from '../graph/stream-graph.ts';
import { isCheckpointingEnabled } from './run-settings.ts';
import type { StartJobOptions, StorageTarget } from './start-job-options.ts';

export interface JobPlan {
  readonly configuration: Configuration;
  readonly parallelism: number;
  readonly maxParallelism: number | undefined;
  readonly jobGraph: JobGraph;
  readonly slotCount: number;
  readonly jobId: JobId;
  readonly isCheckpointed: boolean;
  readonly storage: StorageTarget;
}

/** @throws CONFIG_INVALID, JOB_DEFINITION_INVALID, DUPLICATE_UID, PARALLELISM_TOO_HIGH */
export function planJob(options: StartJobOptions, jobId: JobId): JobPlan {
  const { parallelism, streamGraph, configuration } = evaluate(options);
  const maxParallelism = configuration.get(PipelineOptions.maxParallelism);
  const jobGraph = buildJobGraph(streamGraph, { parallelism, maxParallelism });
  const slotCount = Math.max(...jobGraph.vertices.map((vertex) => vertex.parallelism));
  checkSlots(jobGraph, slotCount, configuration);
  return {
    configuration,
    parallelism,
    maxParallelism,
    jobGraph,
    slotCount,
    jobId,
    isCheckpointed: isCheckpointingEnabled(configuration),
    storage: options.storageTarget(configuration),
  };
}

interface Evaluated {
  readonly parallelism: number;
  readonly streamGraph: StreamGraph;
  readonly configuration: Configuration;
}

/**
 * The definition sees the default parallelism before its own settings are known. Settings from outside that are wrong do not stop it:
 * the job's own are reported with them.
 */
function evaluate(options: StartJobOptions): Evaluated {
  const { definition, parameters, fileSettings, commandLineSettings } = options;
  const outer = attempt(() => Configuration.of(fileSettings, commandLineSettings));
  const parallelism =
    options.options.parallelism ?? outer.result?.get(PipelineOptions.parallelism) ?? options.defaultParallelism;
  const built = attempt(() => definition.build({ parameters, parallelism }));
  if (built.result === undefined) throw outer.error ?? built.error;
  const streamGraph = built.result;
  const configuration = Configuration.of(fileSettings, settingsOf(streamGraph), commandLineSettings);
  refuseLateSettings(streamGraph);
  return { parallelism, streamGraph, configuration };
}

function settingsOf(streamGraph: StreamGraph): readonly Setting[] {
  return [...streamGraph.configuration].map(([key, value]) => ({ key, value, origin: 'the job' }));
}

function refuseLateSettings({ configuration }: StreamGraph): void {
  const { key } = PipelineOptions.parallelism;
  if (!configuration.has(key)) return;
  throw new MillraceError(
    'CONFIG_INVALID',
    `Reading the configuration failed:\n  '${key}' (the job): the definition is evaluated with it already; use env.setParallelism`,
  );
}

function checkSlots({ jobName }: JobGraph, slotCount: number, configuration: Configuration): void {
  const slotsMax = configuration.get(PipelineOptions.slots);
  if (slotsMax === undefined || slotCount <= slotsMax) return;
  throw new MillraceError(
    'CONFIG_INVALID',
    `Starting job '${jobName}' failed: its highest parallelism is ${slotCount}, and '${PipelineOptions.slots.key}' allows ${slotsMax}`,
  );
}

type Attempted<T> =
  | { readonly result: T; readonly error?: never }
  | { readonly result?: never; readonly error: unknown };

function attempt<T>(call: () => T): Attempted<T> {
  try {
    return { result: call() };
  } catch (error) {
    return { error };
  }
}
