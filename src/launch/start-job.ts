/**
 * Binds a job to a host, storage and identity, in this order, so that whatever can be wrong is found before anything starts:
 *
 *   evaluate the definition → configuration (all errors at once) → job graph → job directory (lock, which run, takeover)
 *   → does the state fit? → sinks look at their targets → host → job master
 *
 * The same for every host and for the simulator, which brings its own environment and locks.
 */
import type { Environment } from '../base/environment.ts';
import { MillraceError } from '../base/errors.ts';
import type { JobId, OperatorId } from '../base/ids.ts';
import type { JobLocks } from '../checkpoint/job-locks.ts';
import { describeJob } from '../checkpoint/coordinator/job-description.ts';
import { jobIdOf } from '../checkpoint/protocol/job-identity.ts';
import { matchState } from '../checkpoint/protocol/match-state.ts';
import type { MatchedJob } from '../checkpoint/protocol/match-state.ts';
import { planRestore } from '../checkpoint/protocol/plan-restore.ts';
import { openJobDirectory } from '../checkpoint/storage/job-directory.ts';
import type { OpenedJob } from '../checkpoint/storage/job-directory.ts';
import { Configuration } from '../config/configuration.ts';
import type { Setting } from '../config/configuration.ts';
import { CheckpointingOptions, PipelineOptions, TaskOptions } from '../config/options.ts';
import { buildExecutionGraph } from '../graph/build-execution-graph.ts';
import { buildJobGraph } from '../graph/build-job-graph.ts';
import { describeGuarantees, describeJobGraph } from '../graph/describe.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import { planWarnings } from '../graph/plan-warnings.ts';
import type { JobDefinition, StreamGraph } from '../graph/stream-graph.ts';
import { adoptMaxParallelism } from '../host/job-evaluation.ts';
import type { EvaluationSettings } from '../host/job-evaluation.ts';
import type { StorageSettings } from '../host/storage-settings.ts';
import type { Host } from '../job/host.ts';
import { JobMaster } from '../job/job-master.ts';
import type { JobCheckpointing } from '../job/job-master-options.ts';
import { createRestartStrategy } from '../job/restart/create-restart-strategy.ts';
import type { TaskConfiguration } from '../task/task-configuration.ts';
import type { JobHandle, RunOptions } from './job-handle.ts';
import { prepareSinks } from './prepare-sinks.ts';
import { MILLRACE_VERSION } from './millrace-version.ts';
import { coordinatorSettings, isCheckpointingEnabled, restartSettings, taskConfiguration } from './run-settings.ts';
import type { ValueChecks } from './run-settings.ts';

export interface StartJobOptions {
  readonly definition: JobDefinition;
  /** Relative to the nearest package.json; undefined for jobs that are no module. */
  readonly module: string | undefined;
  readonly packageName: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
  /** Default parallelism when neither options nor configuration say. */
  readonly defaultParallelism: number;
  /** conf/config.yaml and -D. */
  readonly fileSettings: readonly Setting[];
  readonly commandLineSettings: readonly Setting[];
  readonly checks: ValueChecks;
  readonly options: Pick<
    RunOptions,
    | 'parallelism'
    | 'fresh'
    | 'restoreFrom'
    | 'takeover'
    | 'existingOutput'
    | 'jobId'
    | 'adopt'
    | 'allowNonRestoredState'
    | 'onEvent'
  >;
  readonly environment: Environment;
  /** Where checkpoints go, decided by the configuration. */
  readonly storageTarget: (configuration: Configuration) => StorageTarget;
  readonly locks: JobLocks;
  readonly hostName: string;
  readonly pid: number;
  readonly makeHost: (parts: HostParts) => HostWithEnd;
  readonly onCollected?: (sinkId: OperatorId, batchId: string, rows: Uint8Array) => void;
}

export interface StorageTarget {
  readonly kind: 'filesystem' | 'jobmanager';
  readonly checkpointDirectory: string;
  /** The environment whose files hold the checkpoints: the process's own, or memory. */
  readonly environment: Environment;
  /** After the end of the job, or when it could not be started. */
  readonly dispose?: () => Promise<void>;
}

/** What a host is made of. */
export interface HostParts {
  readonly definition: JobDefinition;
  readonly graph: ExecutionGraph;
  readonly evaluation: EvaluationSettings;
  readonly taskConfiguration: TaskConfiguration;
  readonly configuration: Configuration;
  readonly jobId: JobId;
  readonly slotCount: number;
  readonly storage: StorageSettings;
  readonly storageEnvironment: Environment;
}

export interface HostWithEnd extends Host {
  /** Ends threads; after the job has ended. */
  close(): Promise<void>;
}

/** @throws MillraceError: everything that is wrong before the job starts */
export async function startJob(options: StartJobOptions): Promise<JobHandle> {
  const plan = planJob(options);
  let opened: OpenedJob | undefined;
  try {
    opened = plan.isCheckpointed ? await openDirectory(options, plan) : undefined;
    return await startPlanned(options, plan, opened);
  } catch (error) {
    opened?.close();
    await plan.storage.dispose?.();
    throw error;
  }
}

interface JobPlan {
  readonly streamGraph: StreamGraph;
  readonly configuration: Configuration;
  readonly parallelism: number;
  readonly maxParallelism: number | undefined;
  readonly jobGraph: ReturnType<typeof buildJobGraph>;
  readonly slotCount: number;
  readonly jobId: JobId;
  readonly isCheckpointed: boolean;
  readonly storage: StorageTarget;
}

/**
 * The definition sees the default parallelism before its own settings are known: parallelism.default set by the job itself would
 * come too late, and is refused.
 */
function planJob(options: StartJobOptions): JobPlan {
  const { definition, parameters, fileSettings, commandLineSettings } = options;
  const outer = Configuration.of(fileSettings, commandLineSettings);
  const parallelism =
    options.options.parallelism ?? outer.get(PipelineOptions.parallelism) ?? options.defaultParallelism;
  const streamGraph = definition.build({ parameters, parallelism });
  const configuration = Configuration.of(fileSettings, settingsOf(streamGraph), commandLineSettings);
  const maxParallelism = configuration.get(PipelineOptions.maxParallelism);
  const jobGraph = buildJobGraph(streamGraph, { parallelism, maxParallelism });
  const slotCount = Math.max(...jobGraph.vertices.map((vertex) => vertex.parallelism));
  const slotsMax = configuration.get(PipelineOptions.slots);
  if (slotsMax !== undefined && slotCount > slotsMax) {
    throw new MillraceError(
      'CONFIG_INVALID',
      `Starting job '${definition.name}' failed: its highest parallelism is ${slotCount}, and '${PipelineOptions.slots.key}' allows ${slotsMax}`,
    );
  }
  return {
    streamGraph,
    configuration,
    parallelism,
    maxParallelism,
    jobGraph,
    slotCount,
    jobId: jobIdOf(definition.name, options.options.jobId),
    isCheckpointed: isCheckpointingEnabled(configuration),
    storage: options.storageTarget(configuration),
  };
}

function settingsOf(streamGraph: StreamGraph): readonly Setting[] {
  return [...streamGraph.configuration].map(([key, value]) => ({ key, value, origin: 'the job' }));
}

function openDirectory(options: StartJobOptions, plan: JobPlan): Promise<OpenedJob> {
  const { fresh, takeover, adopt, restoreFrom } = options.options;
  return openJobDirectory({
    environment: plan.storage.environment,
    kind: plan.storage.kind,
    checkpointDirectory: plan.storage.checkpointDirectory,
    jobId: plan.jobId,
    identity: { jobName: options.definition.name, module: options.module, packageName: options.packageName },
    fresh: fresh ?? false,
    takeover: takeover ?? false,
    adopt: adopt ?? false,
    restoreFrom,
    locks: options.locks,
    host: options.hostName,
    pid: options.pid,
    mutants: options.checks.mutants,
  });
}

async function startPlanned(
  options: StartJobOptions,
  plan: JobPlan,
  opened: OpenedJob | undefined,
): Promise<JobHandle> {
  const { environment } = options;
  const matched = matchRestored(options, plan, opened);
  const adoptedMaxParallelism = matched?.maxParallelism ?? new Map<OperatorId, number>();
  const graph = buildExecutionGraph(adoptMaxParallelism(plan.jobGraph, adoptedMaxParallelism));
  const runId = opened?.runId ?? newRunId(environment);
  const fencingEpoch = opened?.fencingEpoch ?? 1;
  await prepareSinks(graph.jobGraph, {
    environment,
    logger: environment.logger,
    jobId: plan.jobId,
    runId,
    fencingEpoch,
    isNewRun: opened?.isNewRun ?? true,
    existingOutput: options.options.existingOutput ?? 'refuse',
  });
  const host = options.makeHost({
    definition: options.definition,
    graph,
    evaluation: {
      parameters: options.parameters,
      parallelism: plan.parallelism,
      maxParallelism: plan.maxParallelism,
      adoptedMaxParallelism,
    },
    taskConfiguration: taskConfiguration(plan.configuration, options.checks),
    configuration: plan.configuration,
    jobId: plan.jobId,
    slotCount: plan.slotCount,
    storage: {
      jobDirectory: opened?.jobDirectory ?? '',
      isIncremental: coordinatorSettings(plan.configuration).stateMode === 'incremental',
    },
    storageEnvironment: plan.storage.environment,
  });
  const master = new JobMaster({
    host,
    graph,
    environment,
    jobId: plan.jobId,
    runId,
    fencingEpoch,
    restart: createRestartStrategy(restartSettings(plan.configuration), environment.random),
    checkpointing: opened === undefined ? undefined : checkpointing(options, plan, graph, opened),
    closeTimeoutMs: plan.configuration.get(TaskOptions.closeTimeout),
    onEvent: (event) => options.options.onEvent?.(event),
    onCollected: options.onCollected ?? (() => {}),
  });
  tellStart(options, plan, graph, opened, matched);
  master.start();
  return handleOf(master, graph, plan.jobId, async () => {
    await host.close();
    opened?.close();
    await plan.storage.dispose?.();
  });
}

/** Does the state fit the job? Decided for the whole job, before anything is made. */
function matchRestored(options: StartJobOptions, plan: JobPlan, opened: OpenedJob | undefined): MatchedJob | undefined {
  if (opened?.restored === undefined) return undefined;
  return matchState(plan.jobGraph, opened.restored.metadata, {
    allowNonRestoredState: options.options.allowNonRestoredState ?? false,
  });
}

function checkpointing(
  options: StartJobOptions,
  plan: JobPlan,
  graph: ExecutionGraph,
  opened: OpenedJob,
): JobCheckpointing {
  const { jobGraph } = graph;
  return {
    ...coordinatorSettings(plan.configuration),
    storage: opened.storage,
    job: describeJob(jobGraph, { jobId: plan.jobId, runId: opened.runId, millraceVersion: MILLRACE_VERSION }),
    isFirstFull: opened.restored?.isForeign ?? false,
    nextCheckpointId: opened.nextCheckpointId,
    retention: opened.retention,
    restored: opened.restored?.metadata,
    mutants: options.checks.mutants,
    planRestore: (metadata) =>
      planRestore(
        graph,
        metadata,
        matchState(jobGraph, metadata, { allowNonRestoredState: options.options.allowNonRestoredState ?? false }),
      ),
  };
}

/** What the user sees first: which run this is, what will run, what it guarantees, and what may surprise. */
function tellStart(
  options: StartJobOptions,
  plan: JobPlan,
  graph: ExecutionGraph,
  opened: OpenedJob | undefined,
  matched: MatchedJob | undefined,
): void {
  const mode = plan.isCheckpointed ? plan.configuration.get(CheckpointingOptions.mode) : undefined;
  const dropped = (matched?.dropped ?? []).map((state) => `State is not restored: ${state}`);
  options.options.onEvent?.({
    kind: 'started',
    startLine: opened?.startLine ?? `new run of '${options.definition.name}', without checkpoints`,
    plan: describeJobGraph(graph.jobGraph, mode),
    guarantees: describeGuarantees(graph.jobGraph, mode),
    warnings: [...planWarnings(graph.jobGraph), ...dropped],
  });
}

function handleOf(master: JobMaster, graph: ExecutionGraph, jobId: JobId, afterEnd: () => Promise<void>): JobHandle {
  const result = thenAlways(master.result, afterEnd);
  // A caller that looks at the result only later must not be ended by it now.
  result.catch(() => {});
  return {
    jobName: graph.jobGraph.jobName,
    jobId,
    result,
    status: () => master.status(),
    suspend: async () => {
      await Promise.allSettled([master.suspend()]);
      return result;
    },
    cancel: async () => {
      await Promise.allSettled([master.cancel()]);
      return result;
    },
    triggerCheckpoint: () => master.triggerCheckpoint(),
  };
}

/** The promise's own outcome, when `action` has settled as well. */
async function thenAlways<T>(promise: Promise<T>, action: () => Promise<void>): Promise<T> {
  try {
    return await promise;
  } finally {
    await action();
  }
}

/** For jobs without checkpoints, whose runs nobody resumes: 16 hex digits. */
function newRunId(environment: Environment): string {
  return Array.from({ length: 16 }, () => environment.random.nextInt(16).toString(16)).join('');
}
