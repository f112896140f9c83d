/** A process that runs a job as its arguments say, tells what happens, and ends with the exit code of the catalogue. */
import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { ERROR_CATALOGUE } from '../../../src/base/error-catalogue.ts';
import { MillraceError, messageOf } from '../../../src/base/errors.ts';
import type { ErrorRecord } from '../../../src/base/errors.ts';
import type { Files } from '../../../src/base/files.ts';
import { NO_MUTANTS } from '../../../src/base/mutants.ts';
import { kernelLocks } from '../../../src/checkpoint/storage/kernel-lock.ts';
import { nodeEnvironment } from '../../../src/host/node/node-environment.ts';
import type { JobEvent } from '../../../src/job/job-status.ts';
import { inlineHost } from '../../../src/launch/inline-host-parts.ts';
import type { JobHandle, RunOptions } from '../../../src/launch/job-handle.ts';
import { loadJobModule } from '../../../src/launch/load-job-module.ts';
import { run } from '../../../src/launch/run.ts';
import { startJob } from '../../../src/launch/start-job.ts';
import { crashingFiles } from './crashing-files.ts';
import { fullDiskFiles } from './full-disk-files.ts';
import type { JobLine, JobProcessOptions } from './job-process-options.ts';

/** At once and whole: a line must not be lost when the process is killed after it. */
function say(line: JobLine): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

function onEvent(event: JobEvent): void {
  switch (event.kind) {
    case 'started':
      return say({ kind: 'started', startLine: event.startLine });
    case 'status-changed':
      return say({ kind: 'status', status: event.status });
    case 'checkpoint-completed':
      return say({ kind: 'checkpoint', checkpointId: event.checkpoint.checkpointId });
    case 'checkpoint-failed':
      return say({ kind: 'checkpoint-failed', checkpointId: event.checkpointId, reason: event.reason });
    case 'attempt-failed': {
      const { error, restartInMs } = event;
      const isRestarted = restartInMs !== undefined;
      const { code = error.name, message } = error;
      return say({ kind: 'attempt-failed', code, message, causes: causesOf(error), isRestarted });
    }
  }
}

function causesOf({ cause }: ErrorRecord): readonly string[] {
  return cause === undefined ? [] : [`${cause.code ?? cause.name}: ${cause.message}`, ...causesOf(cause)];
}

function start(options: JobProcessOptions): Promise<JobHandle> {
  const { module, parameters } = options;
  const configuration = { ...options.configuration, 'execution.checkpointing.dir': options.checkpointDirectory };
  if (options.host === 'inline') return startInline(options, configuration);
  return run(module, { ...runOptions(options), host: 'threads', parameters, configuration });
}

function runOptions({ parallelism, takeover = false, overwrite = false }: JobProcessOptions): RunOptions {
  return { parallelism, takeover, existingOutput: overwrite ? 'overwrite' : 'refuse', onEvent };
}

async function startInline(
  options: JobProcessOptions,
  configuration: Readonly<Record<string, string>>,
): Promise<JobHandle> {
  const { definition, identity } = await loadJobModule(options.module);
  const real = nodeEnvironment();
  const environment = { ...real, files: decorated(real.files, options) };
  return startJob({
    definition,
    module: identity.modulePath,
    packageName: identity.packageName,
    parameters: new Map(Object.entries(options.parameters)),
    defaultParallelism: 1,
    fileSettings: [],
    commandLineSettings: Object.entries(configuration).map(([key, value]) => ({ key, value, origin: '-D' })),
    checks: { checkMutation: true, checkValues: true, mutants: NO_MUTANTS },
    options: runOptions(options),
    environment,
    storageTarget: () => ({ kind: 'filesystem', checkpointDirectory: options.checkpointDirectory, environment }),
    locks: kernelLocks,
    hostName: hostname(),
    pid: process.pid,
    makeHost: (parts) => inlineHost(parts, environment),
  });
}

function decorated(files: Files, { crash, fullDisk }: JobProcessOptions): Files {
  const disk = fullDisk === undefined ? files : fullDiskFiles(files, fullDisk);
  return crash === undefined ? disk : crashingFiles(disk, crash);
}

function sayProgress(handle: JobHandle): void {
  const { vertices, attemptNumber } = handle.status();
  const recordsSent = vertices.reduce((sum, { metrics }) => sum + metrics.numRecordsSend, 0);
  say({ kind: 'progress', recordsSent, attemptNumber });
}

async function main(): Promise<void> {
  // The test that started the process wrote them.
  const options = JSON.parse(process.argv[2] ?? '') as JobProcessOptions;
  let progress: ReturnType<typeof setInterval> | undefined;
  try {
    const handle = await start(options);
    if (options.progressEveryMs !== undefined) {
      progress = setInterval(() => sayProgress(handle), options.progressEveryMs);
    }
    const { outcome, restarts, completedCheckpoints } = await handle.result;
    say({ kind: 'result', outcome, restarts, completedCheckpoints });
  } catch (error) {
    const code = MillraceError.is(error) ? error.code : undefined;
    say({ kind: 'error', code: code ?? 'none', message: messageOf(error) });
    process.exitCode = code === undefined ? 99 : ERROR_CATALOGUE[code].exitCode;
  } finally {
    clearInterval(progress);
  }
  // No process.exit: whatever a job leaves open would keep the process alive, and the test waits for its end.
}

await main();
