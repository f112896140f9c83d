import { describe, expect, it } from 'vitest';
import {
  CheckpointDirectory,
  CHECKPOINTS,
  completeCheckpoint,
  JOB_DIRECTORY,
  metadataOf,
  sharedFile,
} from '../../../test/support/checkpoint-directory.ts';
import { JOB_ID, operatorMetadata } from '../../../test/support/checkpoint-fixture.ts';
import { SimFiles } from '../../../test/support/memory-environment.ts';
import { MillraceError } from '../../base/errors.ts';
import type { OpenedJob, StartCandidate } from './job-directory.ts';
import { checkpointId, jobId } from '../../base/ids.ts';
import { referencedFiles } from '../metadata/checkpoint-metadata.ts';

const IDENTITY = { jobName: 'flights', module: 'flights.ts', packageName: undefined };

describe('a first start', () => {
  it('makes the directory, takes epoch 1 and begins a run', async () => {
    const directory = new CheckpointDirectory();
    const job = await directory.open();
    expect(job).toMatchObject({
      fencingEpoch: 1,
      isNewRun: true,
      nextCheckpointId: 1,
      startLine: "new run of 'flights'",
    });
    expect(job.runId).toMatch(/^[0-9a-f]{16}$/);
    expect(await directory.tree()).toEqual(['shared/']);
    expect((await directory.files.list(JOB_DIRECTORY)).map(({ name }) => name)).toContain('taskowned');
  });

  it('fails clearly where nothing can be written', async () => {
    const files = new SimFiles({
      fault: (operation) =>
        operation === 'makeDirectory'
          ? Object.assign(new Error('read-only file system'), { code: 'EROFS' })
          : undefined,
    });
    await expect(new CheckpointDirectory(files).open()).rejects.toMatchObject({
      code: 'CHECKPOINT_STORAGE_FAILED',
      message: `Opening '${JOB_DIRECTORY}' failed: read-only file system`,
    });
  });
});

describe('a disk that does not answer', () => {
  it('fails the start in time', async () => {
    const directory = new CheckpointDirectory(new SimFiles({ delay: () => new Promise(() => {}) }));
    const environment = directory.environment();
    const opening = directory.open({ environment }).catch((error: unknown) => error);
    environment.advance(60_000);
    expect(await opening).toMatchObject({
      code: 'CHECKPOINT_STORAGE_FAILED',
      message: `Making the folders of '${JOB_DIRECTORY}' failed: it did not settle within 60000 ms`,
    });
  });
});

describe('a second process', () => {
  it('is refused while the first one lives, and told who that is', async () => {
    const directory = new CheckpointDirectory();
    await directory.open();
    await expect(directory.open()).rejects.toMatchObject({
      code: 'JOB_ALREADY_RUNNING',
      message: expect.stringMatching(/process 101 on 'box' \(since 1970-.*\) runs it/),
    });
  });

  it('may start when the first one is gone or has closed', async () => {
    const directory = new CheckpointDirectory();
    expect((await directory.crashAndOpen()).fencingEpoch).toBe(1);
    const second = await directory.crashAndOpen();
    expect(second.fencingEpoch).toBe(2);
    second.close();
    expect((await directory.open()).fencingEpoch).toBe(3);
  });

  it('goes past a living one with --takeover, and fences it', async () => {
    const directory = new CheckpointDirectory();
    const old = await directory.open();
    await completeCheckpoint(directory, old, 1);
    const next = await directory.open({ takeover: true });
    expect(next).toMatchObject({ fencingEpoch: 2, isNewRun: false, startLine: "resuming chk-1 of 'flights'" });
    expect(await old.storage.publish(checkpointId(2))).toEqual({ kind: 'fenced', byEpoch: 2 });
    expect(await old.storage.end('finished', 'RETAIN_ON_CANCELLATION')).toEqual({ kind: 'fenced', byEpoch: 2 });
    // The lock that counts is now the new owner's, even when the old process dies.
    await expect(directory.open()).rejects.toMatchObject({ code: 'JOB_ALREADY_RUNNING' });
    next.close();
    expect((await directory.open()).fencingEpoch).toBe(3);
  });

  it('that was stopped in the middle of its start is refused when another one has gone past meanwhile', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const isLock = (path: string): boolean => path.endsWith('/lock-1');
    const files = directory.files.nextProcess({ delay: async (_, path) => (isLock(path) ? goesOn : undefined) });
    const stopped = directory.open({ environment: directory.environment(files) });
    const owner = await directory.open({ takeover: true });
    first.close();
    goOn();
    await expect(stopped).rejects.toMatchObject({ code: 'JOB_ALREADY_RUNNING' });
    expect((await owner.storage.publish(await owner.storage.createLocation(checkpointId(1)))).kind).toBe('permitted');
  });

  it('that was overtaken in the middle of its start says so, whatever it meets', async () => {
    const directory = new CheckpointDirectory();
    const isIdentity = (path: string): boolean => path.includes('/identity.json');
    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const files = directory.files.nextProcess({
      delay: async (operation, path) => (operation === 'rename' && isIdentity(path) ? goesOn : undefined),
    });
    const { promise: isThere, resolve: arrived } = Promise.withResolvers<void>();
    const watched = directory.environment(files);
    const stopped = directory.open({ environment: watched, verify: () => Promise.resolve(arrived()) });
    await isThere;
    // Clears away what the stopped start has written.
    await directory.open({ takeover: true });
    goOn();
    await expect(stopped).rejects.toMatchObject({
      code: 'JOB_ALREADY_RUNNING',
      message: expect.stringMatching(/process \d+ on 'box'/),
    });
  });

  it('goes on when the start that it overtakes clears its file away', async () => {
    const directory = new CheckpointDirectory();
    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: isThere, resolve: arrived } = Promise.withResolvers<void>();
    const stopped = directory.open({
      verify: () => {
        arrived();
        return goesOn;
      },
    });
    await isThere;
    const files = directory.files.nextProcess({
      delay: async (operation, path) => {
        if (operation !== 'rename' || !path.includes('/identity.json')) return;
        goOn();
        await stopped;
      },
    });
    const owner = await directory.open({ environment: directory.environment(files), takeover: true });
    expect((await stopped).fencingEpoch).toBe(1);
    expect(owner.fencingEpoch).toBe(2);
  });

  it('does not take the job back from a start that has gone past it', async () => {
    const directory = new CheckpointDirectory();
    let owner: OpenedJob | undefined;
    const overtaken = directory.open({
      verify: async () => {
        owner ??= await directory.open({ takeover: true });
      },
    });
    await expect(overtaken).rejects.toMatchObject({ code: 'JOB_ALREADY_RUNNING' });
    expect(owner?.fencingEpoch).toBe(1);
  });

  it('takes over from a process that drops a checkpoint for a newer one just then', async () => {
    const directory = new CheckpointDirectory();
    const old = await directory.open();
    await completeCheckpoint(directory, old, 1);
    let hasMovedOn = false;
    const files = directory.files.nextProcess({
      delay: async (operation, path) => {
        if (operation !== 'read' || !path.endsWith('chk-1/_metadata') || hasMovedOn) return;
        hasMovedOn = true;
        const id = await completeCheckpoint(directory, old, 2);
        await old.storage.drop({ dropped: [checkpointId(1)], files: [], keptFiles: new Set(), oldestRetained: id });
      },
    });
    const next = await directory.open({ environment: directory.environment(files), takeover: true });
    expect(next.restored?.metadata.checkpointId).toBe(2);
  });

  it('starts although a folder goes while it looks at them', async () => {
    const directory = new CheckpointDirectory();
    const old = await directory.open();
    const id = await old.storage.createLocation(checkpointId(1));
    const files = directory.files.nextProcess({
      // The old process gives the checkpoint up just now.
      delay: (operation, path) =>
        operation === 'list' && path.endsWith('/chk-1') ? old.storage.discard(id, new Set()) : Promise.resolve(),
    });
    const next = await directory.open({ environment: directory.environment(files), takeover: true });
    expect(next.nextCheckpointId).toBe(2);
  });

  it('decides anew when the log changes while it starts', async () => {
    const directory = new CheckpointDirectory();
    const old = await directory.open();
    let hasRaced = false;
    // The moment between the facts and the takeover entry of the second process: the old one completes a checkpoint.
    const files: SimFiles = directory.files.nextProcess({
      delay: async (operation, path) => {
        if (hasRaced || operation !== 'link' || !path.includes('/pointers/')) return;
        hasRaced = true;
        await completeCheckpoint(directory, old, 1);
      },
    });
    const next = await directory.open({ takeover: true, environment: directory.environment(files) });
    expect(hasRaced).toBe(true);
    expect(next).toMatchObject({ fencingEpoch: 2, startLine: "resuming chk-1 of 'flights'", nextCheckpointId: 2 });
  });
});

describe('resuming', () => {
  it('takes the latest checkpoint of the run, with what it refers to', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    await completeCheckpoint(directory, first, 2);
    const second = await directory.crashAndOpen();
    expect(second).toMatchObject({ runId: first.runId, isNewRun: false, nextCheckpointId: 3 });
    expect(second.restored?.metadata.checkpointId).toBe(2);
    expect(second.retention.retained.map((retained) => retained.checkpointId)).toEqual([1, 2]);
  });

  it('keeps the run, but begins it anew, when it has completed no checkpoint', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    const second = await directory.crashAndOpen();
    expect(second).toMatchObject({ runId: first.runId, isNewRun: true, restored: undefined });
  });

  it('ignores a checkpoint without pointer entry, clears it away and does not use its id again', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    const id = await first.storage.createLocation(checkpointId(2));
    await directory.writeData(sharedFile(2, 1));
    await first.storage.writeMetadata(metadataOf(first, id, [sharedFile(2, 1)]));
    const second = await directory.crashAndOpen();
    expect(second.restored?.metadata.checkpointId).toBe(1);
    expect(second.nextCheckpointId).toBe(3);
    expect(await directory.tree()).toEqual(['chk-1/', 'chk-1/_metadata', 'shared/', sharedFile(1, 1)]);
  });

  it('uses no id again that an earlier start has cleared away: its process may still be about to', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await first.storage.createLocation(checkpointId(1));
    const second = await directory.crashAndOpen();
    expect(await directory.tree()).not.toContain('chk-1/');
    expect(second.nextCheckpointId).toBe(2);
    expect((await directory.crashAndOpen()).nextCheckpointId).toBe(2);
  });

  it('survives a power failure right after the permit', async () => {
    const directory = new CheckpointDirectory();
    await completeCheckpoint(directory, await directory.open(), 1);
    directory.files.disk.losePower();
    expect((await directory.crashAndOpen()).restored?.metadata.checkpointId).toBe(1);
  });

  it('stops at a checkpoint that does not verify, and takes no older one', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    await completeCheckpoint(directory, first, 2);
    const path = `${JOB_DIRECTORY}/chk-2/_metadata`;
    const handle = await directory.files.open(path, 'write');
    await handle.write(Uint8Array.of(0xff), 30);
    await expect(directory.crashAndOpen()).rejects.toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      message: expect.stringMatching(new RegExp(`'${path}' failed at byte \\d+: checksum`)),
    });
    const told = await directory.crashAndOpen({ restoreFrom: 'chk-1' });
    expect(told.restored?.metadata.checkpointId).toBe(1);
  });

  it.each([
    ['is missing', (files: SimFiles, path: string) => files.remove(path)],
    ['is too short', async (files: SimFiles, path: string) => (await files.open(path, 'write')).truncate(100)],
  ])('stops when a data file %s', async (_what, damage) => {
    const directory = new CheckpointDirectory();
    await completeCheckpoint(directory, await directory.open(), 1);
    await damage(directory.files, `${JOB_DIRECTORY}/${sharedFile(1, 1)}`);
    await expect(directory.crashAndOpen()).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
  });
});

describe('after the end of a run', () => {
  it.each(['finished', 'canceled'] as const)('a start is a new run: %s', async (how) => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    expect(await first.storage.end(how, 'RETAIN_ON_CANCELLATION')).toEqual({ kind: 'permitted', fencingEpoch: 1 });
    const second = await directory.crashAndOpen();
    expect(second).toMatchObject({ isNewRun: true, restored: undefined, fencingEpoch: 2 });
    expect(second.runId).not.toBe(first.runId);
    // The new run has no checkpoint yet: it is begun anew, not the old one resumed.
    expect(await directory.crashAndOpen()).toMatchObject({ isNewRun: true, runId: second.runId });
  });

  it('nothing of a finished run is left', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    await completeCheckpoint(directory, first, 2);
    await first.storage.end('finished', 'RETAIN_ON_CANCELLATION');
    expect(await directory.tree()).toEqual(['shared/']);
    await directory.crashAndOpen();
    expect(await directory.pointers()).toHaveLength(2);
  });

  it('a canceled run keeps its checkpoint for whoever asks for it, whatever later runs do', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    await first.storage.end('canceled', 'RETAIN_ON_CANCELLATION');
    const second = await directory.crashAndOpen();
    await completeCheckpoint(directory, second, second.nextCheckpointId);
    await second.storage.end('finished', 'RETAIN_ON_CANCELLATION');
    await directory.crashAndOpen();
    expect(await directory.tree()).toEqual(['chk-1/', 'chk-1/_metadata', 'shared/', sharedFile(1, 1)]);
    const told = await directory.crashAndOpen({ restoreFrom: 'chk-1' });
    expect(told).toMatchObject({ runId: first.runId, isNewRun: false });
  });

  it('a canceled run keeps nothing when it is told so', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    await first.storage.end('canceled', 'DELETE_ON_CANCELLATION');
    expect(await directory.tree()).toEqual(['shared/']);
  });
});

describe('--fresh', () => {
  it('begins a new run and archives the pointers of the old one, whose checkpoint stays', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    const second = await directory.crashAndOpen({ fresh: true });
    expect(second).toMatchObject({ isNewRun: true, nextCheckpointId: 2, startLine: "new run of 'flights' (--fresh)" });
    expect(await directory.pointers('archived-pointers')).toEqual(['00000000000000000002']);
    expect(await directory.tree()).toContain('chk-1/_metadata');
    expect(await directory.crashAndOpen()).toMatchObject({ isNewRun: true, runId: second.runId });
  });

  it('does not let the old process back in', async () => {
    const directory = new CheckpointDirectory();
    const old = await directory.open();
    await directory.open({ fresh: true, takeover: true });
    expect(await old.storage.publish(checkpointId(1))).toMatchObject({ kind: 'fenced' });
  });
});

describe('--restore-from', () => {
  const sink = operatorMetadata({
    name: 'results',
    sink: { kind: 'files', guarantee: 'exactly-once', identity: ['/out'] },
  });

  it('takes an older checkpoint, says which sinks went beyond it, and holds until the next one completes', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    await completeCheckpoint(directory, first, 2, { operators: [sink] });
    const told = await directory.crashAndOpen({ restoreFrom: `${JOB_DIRECTORY}/chk-1` });
    expect(told.startLine).toBe(
      "restoring chk-1 of 'flights'; these sinks have committed beyond it and will repeat output: results (/out)",
    );
    expect(told).toMatchObject({ runId: first.runId, nextCheckpointId: 3 });
    const again = await directory.crashAndOpen();
    expect(again.restored?.metadata.checkpointId).toBe(1);
    await completeCheckpoint(directory, again, 3);
    expect((await directory.crashAndOpen()).restored?.metadata.checkpointId).toBe(3);
  });

  it('takes one of another directory as a new run, and leaves its files alone', async () => {
    const directory = new CheckpointDirectory();
    await completeCheckpoint(directory, await directory.open(), 1);
    const other = await directory.open({
      jobId: jobId('f'.repeat(32)),
      restoreFrom: `${JOB_DIRECTORY}/chk-1/_metadata`,
    });
    expect(other).toMatchObject({ isNewRun: true, nextCheckpointId: 1, restored: { isForeign: true } });
    // Output files are named by epochs: those of the checkpoint must not come again.
    expect(other.fencingEpoch).toBe(2);
    const files = other.restored === undefined ? [] : [...referencedFiles(other.restored.metadata)];
    expect(files).toEqual([`${JOB_DIRECTORY}/${sharedFile(1, 1)}`]);
    await completeCheckpoint(directory, other, 1).catch(() => {});
    await other.storage.end('finished', 'RETAIN_ON_CANCELLATION');
    expect(await directory.tree()).toContain(sharedFile(1, 1));
  });

  it('is shown to `verify` before anything has changed', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    first.close();
    const before = [await directory.tree(), await directory.pointers()];
    const seen: StartCandidate[] = [];
    const verify = async (candidate: StartCandidate): Promise<void> => {
      seen.push(candidate);
      throw new MillraceError('STATE_INCOMPATIBLE', 'it does not fit');
    };
    await expect(directory.open({ verify })).rejects.toMatchObject({ code: 'STATE_INCOMPATIBLE' });
    await expect(directory.open({ verify, fresh: true })).rejects.toMatchObject({ code: 'STATE_INCOMPATIBLE' });
    expect(seen).toMatchObject([
      { isNewRun: false, runId: first.runId, restored: { metadata: { checkpointId: 1 } } },
      { isNewRun: true, runId: undefined, restored: undefined },
    ]);
    expect([await directory.tree(), await directory.pointers()]).toEqual(before);
    expect((await directory.open()).startLine).toBe("resuming chk-1 of 'flights'");
  });

  it('of nothing is an error', async () => {
    const directory = new CheckpointDirectory();
    await expect(directory.open({ restoreFrom: 'chk-9' })).rejects.toMatchObject({
      code: 'CHECKPOINT_NOT_FOUND',
      message: `Restoring from 'chk-9' failed: there is no '${JOB_DIRECTORY}/chk-9/_metadata'`,
    });
    // The lock went back.
    expect((await directory.open()).fencingEpoch).toBe(1);
  });
});

describe('the identity of a directory', () => {
  it('keeps another module out, until it adopts the job', async () => {
    const directory = new CheckpointDirectory();
    await completeCheckpoint(directory, await directory.open(), 1);
    const identity = { ...IDENTITY, module: 'other.ts' };
    await expect(directory.crashAndOpen({ identity })).rejects.toMatchObject({ code: 'JOB_NAME_TAKEN' });
    expect((await directory.crashAndOpen({ identity, adopt: true })).restored?.metadata.checkpointId).toBe(1);
    await expect(directory.crashAndOpen()).rejects.toMatchObject({ code: 'JOB_NAME_TAKEN' });
  });

  it('keeps jobs with different ids apart', async () => {
    const directory = new CheckpointDirectory();
    const [one, two] = [await directory.open(), await directory.open({ jobId: jobId('a'.repeat(32)) })];
    expect(one.jobDirectory).toBe(`${CHECKPOINTS}/${JOB_ID}`);
    expect(two.jobDirectory).toBe(`${CHECKPOINTS}/${'a'.repeat(32)}`);
  });
});

describe('clearing away', () => {
  it('removes what older processes left half done and nothing else', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    await directory.writeData(sharedFile(2, 1));
    await directory.writeData(`${sharedFile(3, 1)}.tmp`);
    await directory.writeData('shared/mine.txt');
    await directory.writeData('pointers/.00000000000000000003.epoch-1.ab.tmp');
    await directory.writeData('pointers/.00000000000000000009.epoch-9.ab.tmp');
    await directory.crashAndOpen();
    expect(await directory.tree()).toEqual([
      'chk-1/',
      'chk-1/_metadata',
      'shared/',
      sharedFile(1, 1),
      'shared/mine.txt',
    ]);
    expect((await directory.pointers()).filter((name) => name.startsWith('.'))).toEqual([
      '.00000000000000000009.epoch-9.ab.tmp',
    ]);
  });

  it('removes what starts left behind that died before they owned the job', async () => {
    const directory = new CheckpointDirectory();
    await directory.open();
    await (await directory.files.open(`${JOB_DIRECTORY}/identity.json.77.tmp`, 'create')).close();
    // It was to become the second takeover, as the entry of the next start is.
    await directory.writeData('pointers/.00000000000000000002.epoch-2.ab.tmp');
    await directory.crashAndOpen();
    const names = (await directory.files.list(JOB_DIRECTORY)).map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect((await directory.pointers()).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('leaves everything when an older retained checkpoint cannot be read', async () => {
    const directory = new CheckpointDirectory();
    const first = await directory.open();
    await completeCheckpoint(directory, first, 1);
    await completeCheckpoint(directory, first, 2);
    await directory.writeData(sharedFile(7, 1));
    await (await directory.files.open(`${JOB_DIRECTORY}/chk-1/_metadata`, 'write')).truncate(10);
    const second = await directory.crashAndOpen();
    expect(second.retention.retained.map((retained) => retained.checkpointId)).toEqual([2]);
    expect(await directory.tree()).toContain(sharedFile(7, 1));
  });
});
