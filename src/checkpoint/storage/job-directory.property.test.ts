/**
 * One process after the other works on a job's directory: opens it, completes checkpoints that build on each other's files, lets
 * retention delete, perhaps ends the run. Each dies after some number of file operations, by a kill or by a power failure that keeps
 * of unsynced content and names what fast-check draws.
 *
 * Properties, at every start:
 *   - it succeeds: no crash leaves a directory that cannot be opened
 *   - it restores the newest checkpoint that got a permit, or a later one whose entry stood
 *   - every data file that the restored checkpoint refers to is there, whole
 *   - a run whose end was permitted is not resumed
 * And when everything has ended well, no file is left over.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointDirectory, metadataOf, sharedFile } from '../../../test/support/checkpoint-directory.ts';
import { SimFiles } from '../../../test/support/memory-environment.ts';
import { checkpointId } from '../../base/ids.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { referencedFiles } from '../metadata/checkpoint-metadata.ts';
import { keptFiles, retainCompleted } from '../protocol/retention.ts';
import type { OpenedJob } from './job-directory.ts';

interface Life {
  /** File operations until the process dies. */
  readonly diesAfter: number;
  readonly losesPower: boolean;
  readonly checkpoints: number;
  readonly ends: boolean;
  readonly numRetained: number;
}

const DATA = new Uint8Array(1000).fill(7);

class Story {
  readonly disk = new SimFiles();
  readonly directory = new CheckpointDirectory(this.disk);
  /** The newest checkpoint with a permit, of the run that has not ended. */
  permitted = 0;
  runId: string | undefined;
  /** A process died while it ended the run: the entry stands or not. */
  mayHaveEnded = false;

  /** True when the process lived to its end. */
  async live(life: Life): Promise<boolean> {
    let operations = 0;
    return new Promise<boolean>((resolve, reject) => {
      const files: SimFiles = this.disk.nextProcess({
        delay: async () => {
          if (++operations > life.diesAfter) files.kill();
        },
        onCrash: () => resolve(false),
      });
      this.#run(files, life).then(() => resolve(true), reject);
    });
  }

  async #run(files: SimFiles, life: Life): Promise<void> {
    const job = await this.directory.crashAndOpen({ environment: this.directory.environment(files) });
    await this.#checkStart(job);
    let { retention } = job;
    for (let count = 0; count < life.checkpoints; count++) {
      const id = await job.storage.createLocation(checkpointId(job.nextCheckpointId + count));
      const needed = await this.#takeCheckpoint(files, job, id, retention.retained.at(-1)?.files);
      this.permitted = id;
      const step = retainCompleted(
        retention,
        { checkpointId: id, files: needed },
        {
          numRetained: life.numRetained,
          maxConcurrent: 1,
        },
      );
      retention = step.state;
      await job.storage.drop({
        dropped: step.dropped,
        files: step.deletableFiles,
        keptFiles: keptFiles(retention),
        oldestRetained: retention.retained[0]?.checkpointId ?? id,
      });
    }
    if (!life.ends) return;
    this.mayHaveEnded = true;
    await job.storage.end('finished', 'RETAIN_ON_CANCELLATION');
    this.permitted = 0;
    this.runId = undefined;
  }

  async #checkStart(job: OpenedJob): Promise<void> {
    const restored = job.restored?.metadata;
    // Perhaps seen only by the second start after it, when the first one died at once.
    if (this.mayHaveEnded && job.runId !== this.runId) this.permitted = 0;
    this.mayHaveEnded = false;
    expect(restored?.checkpointId ?? 0).toBeGreaterThanOrEqual(this.permitted);
    if (this.permitted > 0) expect(job.runId).toBe(this.runId);
    this.runId = job.runId;
    this.permitted = restored?.checkpointId ?? 0;
    for (const file of restored === undefined ? [] : referencedFiles(restored)) {
      expect(await this.disk.readFile(`${job.jobDirectory}/${file}`)).toEqual(DATA);
    }
  }

  /** Writes a data file and refers to it and to the oldest or newest of the checkpoint before. */
  async #takeCheckpoint(
    files: SimFiles,
    job: OpenedJob,
    id: CheckpointId,
    before: ReadonlySet<string> | undefined,
  ): Promise<ReadonlySet<string>> {
    const file = sharedFile(id, job.fencingEpoch);
    const path = `${job.jobDirectory}/${file}`;
    const handle = await files.open(`${path}.tmp`, 'create');
    await handle.write(DATA, 0);
    await handle.sync();
    await handle.close();
    await files.rename(`${path}.tmp`, path);
    await files.syncDirectory(`${job.jobDirectory}/shared`);
    const [oldest, newest] = [[...(before ?? [])].at(0), [...(before ?? [])].at(-1)];
    const former = id % 3 === 0 ? newest : oldest;
    const metadata = metadataOf(job, id, former === undefined ? [file] : [former, file]);
    await job.storage.writeMetadata(metadata);
    const outcome = await job.storage.publish(id);
    expect(outcome.kind).toBe('permitted');
    return referencedFiles(metadata);
  }
}

const life: fc.Arbitrary<Life> = fc.record({
  diesAfter: fc.integer({ min: 10, max: 150 }),
  losesPower: fc.boolean(),
  checkpoints: fc.nat(4),
  ends: fc.boolean(),
  numRetained: fc.integer({ min: 1, max: 2 }),
});

describe('a job directory', () => {
  it('can be opened after any crash, loses no permitted checkpoint and keeps no leftovers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.nat(1000)),
        async (lives, draws) => {
          const story = new Story();
          for (const drawn of lives) {
            const isAlive = await story.live(drawn);
            const draw = (bound: number): number => (draws.next().value ?? 0) % bound;
            if (!isAlive && drawn.losesPower) story.disk.disk.losePower(draw);
          }
          const last = { diesAfter: Infinity, losesPower: false, checkpoints: 2, ends: true, numRetained: 1 };
          expect(await story.live(last)).toBe(true);
          expect(await story.directory.tree()).toEqual(['shared/']);
        },
      ),
      { numRuns: 150 },
    );
  });
});
