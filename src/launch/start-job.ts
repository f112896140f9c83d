/**
 * Binds a job to a host, storage and identity, in this order, so that whatever can be wrong is found before anything starts:
 *
 *   evaluate the definition → configuration (all errors at once) → job graph → job directory (lock, which run) → does the state fit,
 *   are the targets of the sinks free? → takeover → sinks prepare their targets → host → job master
 *
 * The same for every host and for the simulator, which brings its own environment and locks.
 */
import type { Environment } from '../base/environment.ts';
import { withContext } from '../base/errors.ts';
import type { JobId, OperatorId } from '../base/ids.ts';
import { describeJob } from '../checkpoint/coordinator/job-description.ts';
import { jobIdOf } from '../checkpoint/protocol/job-identity.ts';
import { movedSinks } from '../checkpoint/protocol/moved-sinks.ts';
import { matchState } from '../checkpoint/protocol/match-state.ts';
import type { MatchedJob } from '../checkpoint/protocol/match-state.ts';
import { planRestore } from '../checkpoint/protocol/plan-restore.ts';
import { openJobDirectory } from '../checkpoint/storage/job-directory.ts';
import type { OpenedJob, RestoredCheckpoint, StartCandidate } from '../checkpoint/storage/job-directory.ts';
import { CheckpointingOptions, TaskOptions } from '../config/options.ts';
import { buildExecutionGraph } from '../graph/build-execution-graph.ts';
import { describeGuarantees, describeJobGraph } from '../graph/describe.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import { planWarnings } from '../graph/plan-warnings.ts';
import { adoptMaxParallelism } from '../host/job-evaluation.ts';
import { JobMaster } from '../job/job-master.ts';
import type { JobCheckpointing } from '../job/job-master-options.ts';
import { createRestartStrategy } from '../job/restart/create-restart-strategy.ts';
import type { JobHandle } from './job-handle.ts';
import { MILLRACE_VERSION } from './millrace-version.ts';
import { planJob } from './plan-job.ts';
import type { JobPlan } from './plan-job.ts';
import { checkSinks, prepareSinks } from './prepare-sinks.ts';
import { coordinatorSettings, restartSettings, taskConfiguration } from './run-settings.ts';
import type { StartJobOptions } from './start-job-options.ts';

/** @throws MillraceError: everything that is wrong before the job starts */
export async function startJob(options: StartJobOptions): Promise<JobHandle> {
  const jobName = options.definition.name;
  const jobId = jobIdOf(jobName, options.options.jobId);
  try {
    return await startAs(options, jobId);
  } catch (error) {
    throw withContext(error, { jobName, jobId }, 'INVARIANT_VIOLATED');
  }
}

async function startAs(options: StartJobOptions, jobId: JobId): Promise<JobHandle> {
  const plan = planJob(options, jobId);
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
    verify: (candidate) => verifyStart(options, plan, candidate),
  });
}

/**
 * Does the state fit the job, and do the sinks take their targets? Decided for the whole job while nothing has changed: a start that
 * cannot succeed neither fences a process that runs nor ends a run that could be resumed.
 */
async function verifyStart(options: StartJobOptions, plan: JobPlan, candidate: StartCandidate): Promise<void> {
  const { environment } = options;
  matchRestored(options, plan, candidate.restored);
  const context = {
    environment,
    logger: environment.logger,
    jobId: plan.jobId,
    runId: candidate.runId,
    isNewRun: candidate.isNewRun,
    existingOutput: options.options.existingOutput ?? 'refuse',
  };
  await checkSinks(plan.jobGraph, context, plan.configuration.get(TaskOptions.openTimeout));
}

async function startPlanned(
  options: StartJobOptions,
  plan: JobPlan,
  opened: OpenedJob | undefined,
): Promise<JobHandle> {
  const { environment } = options;
  const matched = matchRestored(options, plan, opened?.restored);
  const adoptedMaxParallelism = matched?.maxParallelism ?? new Map<OperatorId, number>();
  const graph = buildExecutionGraph(adoptMaxParallelism(plan.jobGraph, adoptedMaxParallelism));
  const runId = opened?.runId ?? newRunId(environment);
  const fencingEpoch = opened?.fencingEpoch ?? 1;
  const openTimeoutMs = plan.configuration.get(TaskOptions.openTimeout);
  const sinkContext = {
    environment,
    logger: environment.logger,
    jobId: plan.jobId,
    runId,
    fencingEpoch,
    isNewRun: opened?.isNewRun ?? true,
    isRestored: matched !== undefined,
    existingOutput: options.options.existingOutput ?? 'refuse',
  };
  await prepareSinks(graph.jobGraph, sinkContext, openTimeoutMs);
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
    openTimeoutMs,
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

function matchRestored(
  options: StartJobOptions,
  plan: JobPlan,
  restored: RestoredCheckpoint | undefined,
): MatchedJob | undefined {
  if (restored === undefined) return undefined;
  return matchState(plan.jobGraph, restored.metadata, {
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

/** A directory that nobody named is named here. */
function startLineOf({ definition }: StartJobOptions, plan: JobPlan, opened: OpenedJob | undefined): string {
  if (opened === undefined) return `new run of '${definition.name}', without checkpoints`;
  const { kind, checkpointDirectory } = plan.storage;
  if (kind === 'jobmanager' || plan.configuration.isSet(CheckpointingOptions.dir)) return opened.startLine;
  return `${opened.startLine}, checkpoints in '${checkpointDirectory}' (${CheckpointingOptions.dir.key} is not set)`;
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
    startLine: startLineOf(options, plan, opened),
    plan: describeJobGraph(graph.jobGraph, mode),
    guarantees: describeGuarantees(graph.jobGraph, mode),
    warnings: [...planWarnings(graph.jobGraph), ...dropped, ...movedSinks(graph.jobGraph, opened?.restored?.metadata)],
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
