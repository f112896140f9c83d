/**
 * What every checkpoint storage must do, whatever holds its files: a disk, a simulated disk, memory. The slot's data files are
 * part of it, because a checkpoint is complete only with them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/base/environment.ts';
import { checkpointId } from '../../src/base/ids.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { SectionRef } from '../../src/base/state-handle.ts';
import { NO_LOCKS } from '../../src/checkpoint/job-locks.ts';
import type { JobLocks } from '../../src/checkpoint/job-locks.ts';
import { DataFileReader } from '../../src/checkpoint/storage/data-file-reader.ts';
import { openJobDirectory } from '../../src/checkpoint/storage/job-directory.ts';
import type { OpenedJob, OpenJobOptions } from '../../src/checkpoint/storage/job-directory.ts';
import { kernelLocks } from '../../src/checkpoint/storage/kernel-lock.ts';
import { MemoryFiles } from '../../src/checkpoint/storage/memory-files.ts';
import { SlotDataWriter } from '../../src/checkpoint/storage/slot-data-writer.ts';
import { nodeEnvironment } from '../../src/host/node/node-environment.ts';
import { SimLocks } from '../support/checkpoint-directory.ts';
import { checkpointMetadata, JOB_ID, operatorMetadata, subtaskMetadata } from '../support/checkpoint-fixture.ts';
import { SimFiles } from '../support/memory-environment.ts';

interface Place {
  readonly environment: Environment;
  readonly checkpointDirectory: string;
  readonly locks: JobLocks;
  readonly kind: OpenJobOptions['kind'];
}

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
  [
    'a disk',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'millrace-storage-'));
      folders.push(folder);
      return { environment: nodeEnvironment(), checkpointDirectory: folder, locks: kernelLocks, kind: 'filesystem' };
    },
  ],
  [
    'a simulated disk',
    async () => {
      const environment = { ...nodeEnvironment(), files: new SimFiles() };
      return { environment, checkpointDirectory: '/checkpoints', locks: new SimLocks(), kind: 'filesystem' };
    },
  ],
  [
    'memory',
    async () => {
      const environment = { ...nodeEnvironment(), files: new MemoryFiles() };
      return { environment, checkpointDirectory: '/checkpoints', locks: NO_LOCKS, kind: 'jobmanager' };
    },
  ],
];

const DATA = Uint8Array.from({ length: 5000 }, (_, index) => index % 7);
const NO_FILES: ReadonlySet<string> = new Set();

describe.each(PLACES)('checkpoint storage on %s', (_name, makePlace) => {
  async function open(place: Place, options: Partial<OpenJobOptions> = {}): Promise<OpenedJob> {
    return openJobDirectory({
      ...place,
      jobId: JOB_ID,
      identity: { jobName: 'flights', module: undefined, packageName: undefined },
      fresh: false,
      takeover: false,
      adopt: false,
      restoreFrom: undefined,
      host: 'box',
      pid: 1,
      ...options,
    });
  }

  /** The next process after this one has ended. */
  function reopen(place: Place, job: OpenedJob, options: Partial<OpenJobOptions> = {}): Promise<OpenedJob> {
    job.close();
    return open(place, options);
  }

  async function writeData({ environment }: Place, job: OpenedJob, id: CheckpointId): Promise<SectionRef> {
    const writer = new SlotDataWriter({
      environment,
      jobDirectory: job.jobDirectory,
      slotIndex: 0,
      fencingEpoch: job.fencingEpoch,
      attemptNumber: 1,
      location: 'shared',
      onWritable: () => {},
    });
    writer.begin(id, 1);
    const part = writer.openPart(id);
    part.writeSection({ keyGroup: 3, isBase: true, entryCount: 1, bytes: DATA });
    const [ref] = (await part.complete()).refs;
    if (ref === undefined) throw new Error('No place');
    return ref;
  }

  /** Everything up to the pointer entry. */
  async function store(place: Place, job: OpenedJob, candidate: number): Promise<CheckpointId> {
    const id = await job.storage.createLocation(checkpointId(candidate));
    const ref = await writeData(place, job, id);
    const operator = operatorMetadata({ subtasks: [subtaskMetadata({ keyed: [{ keyGroup: 3, sections: [ref] }] })] });
    const { fencingEpoch, runId } = job;
    const metadata = checkpointMetadata({ checkpointId: id, fencingEpoch, runId, operators: [operator] });
    expect((await job.storage.writeMetadata(metadata)).sizeBytes).toBeGreaterThan(100);
    return id;
  }

  async function complete(place: Place, job: OpenedJob, candidate: number): Promise<CheckpointId> {
    const id = await store(place, job, candidate);
    expect(await job.storage.publish(id)).toEqual({ kind: 'permitted', fencingEpoch: job.fencingEpoch });
    return id;
  }

  async function names(place: Place, job: OpenedJob, folder: string): Promise<string[]> {
    return (await place.environment.files.list(`${job.jobDirectory}/${folder}`)).map(({ name }) => name);
  }

  it('gives a completed checkpoint back, data and all', async () => {
    const place = await makePlace();
    const first = await open(place);
    await complete(place, first, 1);
    const second = await reopen(place, first);
    const ref = second.restored?.metadata.operators[0]?.subtasks[0]?.keyed[0]?.sections[0];
    if (ref === undefined) throw new Error('Nothing was restored');
    const reader = new DataFileReader({ environment: place.environment, jobDirectory: second.jobDirectory });
    expect(await reader.readSection(ref)).toEqual(DATA);
    second.close();
  });

  it('never uses an id twice', async () => {
    const place = await makePlace();
    const job = await open(place);
    expect(await job.storage.createLocation(checkpointId(1))).toBe(1);
    expect(await job.storage.createLocation(checkpointId(1))).toBe(2);
    expect(await job.storage.createLocation(checkpointId(5))).toBe(5);
    const next = await reopen(place, job);
    expect(next.nextCheckpointId).toBe(6);
    next.close();
  });

  it('does not know a checkpoint without pointer entry', async () => {
    const place = await makePlace();
    const first = await open(place);
    await complete(place, first, 1);
    await store(place, first, 2);
    const second = await reopen(place, first);
    expect(second.restored?.metadata.checkpointId).toBe(1);
    expect(await names(place, second, 'shared')).toEqual(['chk-1.epoch-1.attempt-1.slot-0']);
    second.close();
  });

  it('gives no permit to a process that was taken over', async () => {
    const place = await makePlace();
    const old = await open(place);
    await complete(place, old, 1);
    const next = await open(place, { takeover: true });
    expect(await old.storage.verifyOwnership()).toEqual({ kind: 'fenced', byEpoch: 2 });
    expect(await old.storage.publish(checkpointId(1))).toEqual({ kind: 'fenced', byEpoch: 2 });
    expect(await next.storage.verifyOwnership()).toEqual({ kind: 'permitted', fencingEpoch: 2 });
    await complete(place, next, 2);
    next.close();
    old.close();
  });

  it('discards what did not complete', async () => {
    const place = await makePlace();
    const job = await open(place);
    await complete(place, job, 1);
    const id = await store(place, job, 2);
    await job.storage.discard(id, NO_FILES);
    expect(await names(place, job, 'shared')).toEqual(['chk-1.epoch-1.attempt-1.slot-0']);
    expect(await names(place, job, '')).not.toContain('chk-2');
    await job.storage.discard(id, NO_FILES);
    job.close();
  });

  it('drops old checkpoints and keeps what is still referred to', async () => {
    const place = await makePlace();
    const job = await open(place);
    await complete(place, job, 1);
    await complete(place, job, 2);
    const keptFiles = new Set(['shared/chk-2.epoch-1.attempt-1.slot-0']);
    await job.storage.drop({ dropped: [checkpointId(1)], files: [], keptFiles, oldestRetained: checkpointId(2) });
    expect(await names(place, job, '')).not.toContain('chk-1');
    expect(await names(place, job, 'shared')).toHaveLength(2);
    const files = ['shared/chk-1.epoch-1.attempt-1.slot-0'];
    await job.storage.drop({ dropped: [], files, keptFiles, oldestRetained: checkpointId(2) });
    expect(await names(place, job, 'shared')).toEqual(['chk-2.epoch-1.attempt-1.slot-0']);
    const next = await reopen(place, job);
    expect(next.restored?.metadata.checkpointId).toBe(2);
    next.close();
  });

  it.each([
    ['finished', 0],
    ['canceled', 1],
  ] as const)('ends a run that is %s, and keeps %i checkpoints', async (how, count) => {
    const place = await makePlace();
    const job = await open(place);
    await complete(place, job, 1);
    expect(await job.storage.end(how, 'RETAIN_ON_CANCELLATION')).toEqual({ kind: 'permitted', fencingEpoch: 1 });
    expect(await names(place, job, 'shared')).toHaveLength(count);
    const next = await reopen(place, job);
    expect(next.isNewRun).toBe(true);
    expect(next.runId).not.toBe(job.runId);
    next.close();
  });
});
