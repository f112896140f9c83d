/** A job's checkpoint directory on a simulated disk, opened by one simulated process after the other. */
import { checkpointId } from '../../src/base/ids.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { HeldLock, JobLocks } from '../../src/checkpoint/job-locks.ts';
import type { CheckpointMetadata } from '../../src/checkpoint/metadata/checkpoint-metadata.ts';
import { openJobDirectory } from '../../src/checkpoint/storage/job-directory.ts';
import type { OpenedJob, OpenJobOptions } from '../../src/checkpoint/storage/job-directory.ts';
import { chain, checkpointMetadata, JOB_ID, operatorMetadata, subtaskMetadata } from './checkpoint-fixture.ts';
import { memoryEnvironment, SimFiles } from './memory-environment.ts';
import type { MemoryEnvironment } from './memory-environment.ts';

export const CHECKPOINTS = '/checkpoints';
export const JOB_DIRECTORY: string = `${CHECKPOINTS}/${JOB_ID}`;

/** Kernel locks of a simulated machine. */
export class SimLocks implements JobLocks {
  readonly #held = new Set<string>();

  tryLock(path: string): HeldLock | undefined {
    if (this.#held.has(path)) return undefined;
    this.#held.add(path);
    return { release: () => void this.#held.delete(path) };
  }

  /** Whoever held anything has died. */
  releaseAll(): void {
    this.#held.clear();
  }
}

export class CheckpointDirectory {
  readonly files: SimFiles;
  readonly locks: SimLocks = new SimLocks();
  /** Makes run ids and temporary names of processes different. */
  #processes = 0;

  constructor(files: SimFiles = new SimFiles()) {
    this.files = files;
  }

  environment(files: SimFiles = this.files): MemoryEnvironment {
    let draws = ++this.#processes * 1000;
    return { ...memoryEnvironment(files), random: { next: () => 0.5, nextInt: (bound) => draws++ % bound } };
  }

  /** The next process starts. */
  open(options: Partial<OpenJobOptions> = {}): Promise<OpenedJob> {
    return openJobDirectory({
      environment: this.environment(),
      kind: 'filesystem',
      checkpointDirectory: CHECKPOINTS,
      jobId: JOB_ID,
      identity: { jobName: 'flights', module: 'flights.ts', packageName: undefined },
      fresh: false,
      takeover: false,
      adopt: false,
      restoreFrom: undefined,
      locks: this.locks,
      host: 'box',
      pid: 100 + this.#processes,
      ...options,
    });
  }

  /** The process dies, and the next one starts. */
  crashAndOpen(options: Partial<OpenJobOptions> = {}): Promise<OpenedJob> {
    this.locks.releaseAll();
    return this.open(options);
  }

  /** All files and folders below the job's directory, relative to it, folders with '/' at the end. Locks and log left out. */
  async tree(folder: string = JOB_DIRECTORY): Promise<string[]> {
    const paths: string[] = [];
    for (const { name, kind } of await this.files.list(folder)) {
      const path = `${folder}/${name}`;
      if (/^(lock-|running|identity|pointers|archived|taskowned)/.test(path.slice(JOB_DIRECTORY.length + 1))) continue;
      paths.push(kind === 'directory' ? `${path}/` : path);
      if (kind === 'directory') paths.push(...(await this.tree(path)));
    }
    return folder === JOB_DIRECTORY ? paths.map((path) => path.slice(JOB_DIRECTORY.length + 1)) : paths;
  }

  async pointers(folder = 'pointers'): Promise<string[]> {
    return (await this.files.list(`${JOB_DIRECTORY}/${folder}`)).map(({ name }) => name);
  }

  /** A data file of the right name and enough content. */
  async writeData(path: string): Promise<void> {
    const handle = await this.files.open(`${JOB_DIRECTORY}/${path}`, 'write');
    await handle.write(new Uint8Array(1000), 0);
    await handle.sync();
    await handle.close();
    await this.files.syncDirectory(`${JOB_DIRECTORY}/${path.slice(0, path.indexOf('/'))}`);
  }
}

export function sharedFile(n: number, epoch: number): string {
  return `shared/chk-${n}.epoch-${epoch}.attempt-1.slot-0`;
}

/** Metadata of the opened job's next checkpoint, with one operator that refers to these files. */
export function metadataOf(
  job: OpenedJob,
  id: CheckpointId,
  files: readonly string[],
  overrides: Partial<CheckpointMetadata> = {},
): CheckpointMetadata {
  const operator = operatorMetadata({
    subtasks: [subtaskMetadata({ keyed: files.length === 0 ? [] : [chain(0, ...files)] })],
  });
  return checkpointMetadata({
    checkpointId: id,
    runId: job.runId,
    fencingEpoch: job.fencingEpoch,
    operators: [operator],
    ...overrides,
  });
}

/** One checkpoint as the coordinator would complete it, without its retention. */
export async function completeCheckpoint(
  directory: CheckpointDirectory,
  job: OpenedJob,
  candidate: number,
  overrides: Partial<CheckpointMetadata> = {},
): Promise<CheckpointId> {
  const id = await job.storage.createLocation(checkpointId(candidate));
  const file = sharedFile(id, job.fencingEpoch);
  await directory.writeData(file);
  await job.storage.writeMetadata(metadataOf(job, id, [file], overrides));
  const outcome = await job.storage.publish(id);
  if (outcome.kind !== 'permitted') throw new Error(`Checkpoint ${id} was ${outcome.kind}`);
  return id;
}
