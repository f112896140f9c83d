/** Checkpoints of every released format version are restored for ever. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DataFileReader } from '../../src/checkpoint/storage/data-file-reader.ts';
import { openJobDirectory } from '../../src/checkpoint/storage/job-directory.ts';
import type { OpenedJob } from '../../src/checkpoint/storage/job-directory.ts';
import { kernelLocks } from '../../src/checkpoint/storage/kernel-lock.ts';
import { nodeEnvironment } from '../../src/host/node/node-environment.ts';
import { JOB_ID } from '../support/checkpoint-fixture.ts';
import {
  GOLDEN_IDENTITY,
  GOLDEN_SECTIONS,
  goldenEnvironment,
  goldenMetadata,
  writeGoldenCheckpoint,
} from '../support/golden-checkpoint.ts';

const GOLDEN = join(import.meta.dirname, 'checkpoints/v1');
const environment = nodeEnvironment();
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-golden-'));
  folders.push(folder);
  return folder;
}

async function open(checkpointDirectory: string): Promise<OpenedJob> {
  return openJobDirectory({
    environment,
    kind: 'filesystem',
    checkpointDirectory,
    jobId: JOB_ID,
    identity: GOLDEN_IDENTITY,
    fresh: false,
    takeover: false,
    adopt: false,
    restoreFrom: undefined,
    locks: kernelLocks,
    host: 'box',
    pid: process.pid,
  });
}

describe('the checkpoint of format version 1', () => {
  it('is resumed, and every section of its state is read', async () => {
    const folder = temporaryFolder();
    cpSync(GOLDEN, folder, { recursive: true });
    const job = await open(folder);
    expect(job.startLine).toBe("resuming chk-2 of 'flights'");
    expect(job).toMatchObject({ fencingEpoch: 2, isNewRun: false, nextCheckpointId: 3 });
    const chains = job.restored?.metadata.operators[0]?.subtasks[0]?.keyed ?? [];
    expect(job.restored?.metadata).toEqual(goldenMetadata(2, job.runId, chains));
    expect(chains.map(({ keyGroup }) => keyGroup)).toEqual([...GOLDEN_SECTIONS.keys()]);
    const reader = new DataFileReader({ environment, jobDirectory: job.jobDirectory });
    for (const { keyGroup, sections } of chains) {
      expect(await Promise.all(sections.map((ref) => reader.readSection(ref)))).toEqual(GOLDEN_SECTIONS.get(keyGroup));
    }
    job.close();
  });

  it('is what the writer of today writes: another form needs another version', async () => {
    const folder = temporaryFolder();
    await writeGoldenCheckpoint(goldenEnvironment(environment), folder);
    for (const file of ['identity.json', 'pointers/00000000000000000001', 'pointers/00000000000000000003', 'chk-2/_metadata']) {
      const path = join(JOB_ID, file);
      expect(readFileSync(join(folder, path)).equals(readFileSync(join(GOLDEN, path))), file).toBe(true);
    }
  });
});
