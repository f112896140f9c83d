/** The programmatic start of a job module. Installs no signal handlers and prints nothing: that is for the command line. */
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MillraceError } from '../base/errors.ts';
import { NO_MUTANTS } from '../base/mutants.ts';
import { kernelLocks } from '../checkpoint/storage/kernel-lock.ts';
import type { Configuration, Setting } from '../config/configuration.ts';
import { CONFIG_FILE_NAME, readConfigFile } from '../config/files.ts';
import { CheckpointingOptions, TaskOptions } from '../config/options.ts';
import { nodeEnvironment } from '../host/node/node-environment.ts';
import { ThreadsHost } from '../host/threads/threads-host.ts';
import type { Environment } from '../base/environment.ts';
import { guardedListener } from './guarded-listener.ts';
import { inlineHost } from './inline-host-parts.ts';
import { checkpointDirectoryPath } from './checkpoint-directory.ts';
import type { JobHandle, RunOptions } from './job-handle.ts';
import { loadJobModule } from './load-job-module.ts';
import { slotMemoryBytes } from './memory-budget.ts';
import { startJob } from './start-job.ts';
import type { HostParts, HostWithEnd, StorageTarget } from './start-job-options.ts';

/** Read when it exists and no other folder was named. */
const DEFAULT_CONFIGURATION_DIRECTORY = 'conf';

/**
 * Starts the job that a module exports by default and returns once it is starting; `handle.result` settles when it has ended.
 *
 *     const handle = await run('jobs/my-job.ts', { parallelism: 4 });
 *     await handle.result;
 *
 * Slots are worker threads, as many as the highest parallelism, unless `host: 'inline'`.
 * @throws MillraceError for everything that is wrong before the start: PLATFORM_UNSUPPORTED, JOB_MODULE_INVALID, CONFIG_INVALID, JOB_DEFINITION_INVALID,
 * JOB_ALREADY_RUNNING, CHECKPOINT_CORRUPT, STATE_INCOMPATIBLE, OUTPUT_NOT_EMPTY, ...
 */
export async function run(module: URL | string, options: RunOptions = {}): Promise<JobHandle> {
  requireSupportedPlatform();
  const { definition, importUrl, identity } = await loadJobModule(module);
  const isInline = options.host === 'inline';
  const logger = options.logger?.with({ job: definition.name });
  const environment = nodeEnvironment(logger);
  const checkMutation = options.checkMutation ?? isInline;
  return startJob({
    definition,
    module: identity.modulePath,
    packageName: identity.packageName,
    parameters: new Map(Object.entries(options.parameters ?? {})),
    defaultParallelism: availableParallelism(),
    fileSettings: fileSettings(options.configurationDirectory),
    commandLineSettings: commandLineSettings(options.configuration),
    checks: { checkMutation, checkValues: isInline, mutants: NO_MUTANTS },
    options: {
      ...options,
      ...restoreFrom(options.restoreFrom),
      onEvent: guardedListener(options.onEvent, definition.name, logger),
    },
    environment,
    storageTarget: (configuration) => storageTarget(configuration, environment),
    locks: kernelLocks,
    hostName: hostname(),
    pid: process.pid,
    makeHost: (parts) => (isInline ? inlineHost(parts, environment) : threadsHost(parts, environment, importUrl)),
  });
}

/** The command has said so before (bin/millrace.mjs). */
function requireSupportedPlatform(): void {
  if (process.platform !== 'win32') return;
  throw new MillraceError(
    'PLATFORM_UNSUPPORTED',
    'Starting a job failed: Windows cannot make a checkpoint durable, because it has no fsync of a folder',
  );
}

/**
 * `jobmanager`: slots are threads that share no heap, so 'in memory' is a folder that goes with the job: it survives a restart of the
 * attempt and not the end of the process.
 */
function storageTarget(configuration: Configuration, environment: Environment): StorageTarget {
  if (configuration.get(CheckpointingOptions.storage) !== 'jobmanager') {
    const checkpointDirectory = checkpointDirectoryPath(configuration.get(CheckpointingOptions.dir));
    return { kind: 'filesystem', checkpointDirectory, environment };
  }
  const checkpointDirectory = mkdtempSync(join(tmpdir(), 'millrace-'));
  return {
    kind: 'jobmanager',
    checkpointDirectory,
    environment,
    dispose: () => rm(checkpointDirectory, { recursive: true, force: true }),
  };
}

/** 'chk-7' means one of the job's own; everything else is a path. */
function restoreFrom(text: string | undefined): Pick<RunOptions, 'restoreFrom'> {
  if (text === undefined) return {};
  return { restoreFrom: /^chk-\d+$/.test(text) ? text : resolve(text.replace(/^file:(\/\/)?/, '')) };
}

function fileSettings(directory: string | undefined): readonly Setting[] {
  if (directory !== undefined) return readConfigFile(directory, true);
  const isThere = existsSync(join(DEFAULT_CONFIGURATION_DIRECTORY, CONFIG_FILE_NAME));
  return isThere ? readConfigFile(DEFAULT_CONFIGURATION_DIRECTORY, true) : [];
}

function commandLineSettings(configuration: RunOptions['configuration']): readonly Setting[] {
  return Object.entries(configuration ?? {}).map(([key, value]) => ({ key, value, origin: '-D' }));
}

function threadsHost(parts: HostParts, environment: Environment, moduleUrl: string): HostWithEnd {
  const { graph, evaluation, taskConfiguration, configuration, jobId, slotCount, storage } = parts;
  return new ThreadsHost({
    graph,
    slotCount,
    thread: { moduleUrl, evaluation, configuration: taskConfiguration, jobId, storage },
    slotMemoryBytes: slotMemoryBytes(configuration.get(TaskOptions.processMemory), slotCount),
    stuckWarningMs: configuration.get(TaskOptions.stuckWarning),
    stuckTimeoutMs: configuration.get(TaskOptions.stuckTimeout),
    cancellationTimeoutMs: configuration.get(TaskOptions.cancellationTimeout),
    logger: environment.logger,
  });
}
