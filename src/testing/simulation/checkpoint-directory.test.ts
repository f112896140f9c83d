import { describe, expect, it } from 'vitest';
import {
  CheckpointDirectory as DirectoryFixture,
  completeCheckpoint,
  JOB_DIRECTORY,
  sharedFile,
} from '../../../test/support/checkpoint-directory.ts';
import { checkpointId } from '../../base/ids.ts';
import { CheckpointDirectory } from './checkpoint-directory.ts';

async function withCheckpoint(): Promise<{ fixture: DirectoryFixture; watcher: CheckpointDirectory }> {
  const fixture = new DirectoryFixture();
  await completeCheckpoint(fixture, await fixture.open(), 1);
  const watcher = new CheckpointDirectory(fixture.files.disk, JOB_DIRECTORY);
  expect(() => watcher.look()).not.toThrow();
  return { fixture, watcher };
}

describe('CheckpointDirectory', () => {
  it('finds that the newest checkpoint has lost a file', async () => {
    const { fixture, watcher } = await withCheckpoint();
    await fixture.files.remove(`${JOB_DIRECTORY}/${sharedFile(1, 1)}`);
    expect(() => watcher.look()).toThrow(/refers to 'shared\/chk-1.*', which is gone/);
  });

  it('finds that the newest checkpoint has no metadata', async () => {
    const { fixture, watcher } = await withCheckpoint();
    await fixture.files.remove(`${JOB_DIRECTORY}/chk-1/_metadata`);
    expect(() => watcher.look()).toThrow(/names chk-1, which has no metadata/);
  });

  it('does not mind what older checkpoints have lost', async () => {
    const fixture = new DirectoryFixture();
    const job = await fixture.open();
    await completeCheckpoint(fixture, job, 1);
    await completeCheckpoint(fixture, job, 2);
    await fixture.files.removeRecursive(`${JOB_DIRECTORY}/chk-1`);
    expect(() => new CheckpointDirectory(fixture.files.disk, JOB_DIRECTORY).look()).not.toThrow();
  });

  it('remembers the end of the run, and names what is left behind', async () => {
    const fixture = new DirectoryFixture();
    const job = await fixture.open();
    await completeCheckpoint(fixture, job, 1);
    const watcher = new CheckpointDirectory(fixture.files.disk, JOB_DIRECTORY);
    expect(watcher.hasFinished).toBe(false);
    await job.storage.end('finished', 'RETAIN_ON_CANCELLATION');
    watcher.look();
    expect(watcher.hasFinished).toBe(true);
    expect(watcher.leftovers()).toEqual([]);
    await job.storage.createLocation(checkpointId(2));
    await fixture.writeData(sharedFile(2, 1));
    expect(watcher.leftovers()).toEqual([sharedFile(2, 1)]);
  });
});
