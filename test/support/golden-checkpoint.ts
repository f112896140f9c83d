/**
 * The checkpoint in test/golden/checkpoints/v1: written by this file, once, with the first version of the format, and never again.
 * A later format gets a file and a folder of its own.
 */
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import type { Environment } from '../../src/base/environment.ts';
import { checkpointId } from '../../src/base/ids.ts';
import type { KeyGroupChain, SectionRef } from '../../src/base/state-handle.ts';
import type { CheckpointMetadata, OperatorMetadata } from '../../src/checkpoint/metadata/checkpoint-metadata.ts';
import { NO_LOCKS } from '../../src/checkpoint/job-locks.ts';
import { openJobDirectory } from '../../src/checkpoint/storage/job-directory.ts';
import type { OpenedJob } from '../../src/checkpoint/storage/job-directory.ts';
import { SlotDataWriter } from '../../src/checkpoint/storage/slot-data-writer.ts';
import { JOB_ID, operatorMetadata, richMetadata, subtaskMetadata } from './checkpoint-fixture.ts';

const zstd = promisify(zstdCompress);

/** Sections by key group: the first is a base of checkpoint 1, the second a delta of checkpoint 2. */
export const GOLDEN_SECTIONS: ReadonlyMap<number, readonly [base: Uint8Array, delta: Uint8Array]> = new Map([
  // Raw, and compressed.
  [0, [Uint8Array.of(1, 2, 3), Uint8Array.of(4)]],
  [100, [Uint8Array.from({ length: 3000 }, (_, index) => index % 5), new Uint8Array(2000)]],
]);

export const GOLDEN_IDENTITY = { jobName: 'flights', module: 'jobs/flüge.ts', packageName: 'shop' } as const;

/** Time and chance stand still, so that all but the compressed bytes come out the same each time. */
export function goldenEnvironment(environment: Environment): Environment {
  let draws = 0;
  return {
    ...environment,
    clock: { nowMs: () => 1_800_000_000_000, monotonicMs: () => 0 },
    random: { next: () => 0, nextInt: () => ++draws },
    // The level of then: places in data files are part of the metadata.
    compression: {
      ...environment.compression,
      compress: (bytes) => zstd(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
    },
  };
}

export async function writeGoldenCheckpoint(environment: Environment, checkpointDirectory: string): Promise<void> {
  const job = await openJobDirectory({
    environment,
    kind: 'filesystem',
    checkpointDirectory,
    jobId: JOB_ID,
    identity: GOLDEN_IDENTITY,
    fresh: false,
    takeover: false,
    adopt: false,
    restoreFrom: undefined,
    locks: NO_LOCKS,
    host: 'golden',
    pid: 1,
  });
  const bases = await writeSections(environment, job, 1);
  const deltas = await writeSections(environment, job, 2);
  const chains = bases.map((base, index): KeyGroupChain => {
    const delta = deltas[index];
    return {
      keyGroup: [...GOLDEN_SECTIONS.keys()][index] ?? 0,
      sections: delta === undefined ? [base] : [base, delta],
    };
  });
  for (const n of [1, 2]) {
    const id = await job.storage.createLocation(checkpointId(n));
    await job.storage.writeMetadata(goldenMetadata(n, job.runId, n === 1 ? chains.map(firstSection) : chains));
    await job.storage.publish(id);
  }
  job.close();
}

/** One operator with state that can be read, and all that the format can hold besides. */
export function goldenMetadata(n: number, runId: string, chains: readonly KeyGroupChain[]): CheckpointMetadata {
  const counted = operatorMetadata({
    states: [{ name: 'count', kind: 'value' }],
    subtasks: [subtaskMetadata({ watermarkMs: 1_700_000_000_000, keyed: chains })],
  });
  const others = richMetadata().operators.map(withoutSections);
  return {
    ...richMetadata(checkpointId(n)),
    fencingEpoch: 1,
    runId,
    operators: [counted, ...others.slice(0, 1), ...others.slice(2)],
  };
}

function withoutSections(operator: OperatorMetadata): OperatorMetadata {
  return { ...operator, subtasks: operator.subtasks.map((subtask) => ({ ...subtask, keyed: [] })) };
}

function firstSection({ keyGroup, sections }: KeyGroupChain): KeyGroupChain {
  return { keyGroup, sections: sections.slice(0, 1) };
}

async function writeSections(environment: Environment, job: OpenedJob, n: 1 | 2): Promise<readonly SectionRef[]> {
  const writer = new SlotDataWriter({
    environment,
    jobDirectory: job.jobDirectory,
    slotIndex: 0,
    fencingEpoch: job.fencingEpoch,
    attemptNumber: 1,
    location: 'shared',
    onWritable: () => {},
    blockBytes: 1024,
  });
  writer.begin(checkpointId(n), 1);
  const part = writer.openPart(checkpointId(n));
  for (const [keyGroup, sections] of GOLDEN_SECTIONS) {
    part.writeSection({ keyGroup, isBase: n === 1, entryCount: n, bytes: n === 1 ? sections[0] : sections[1] });
  }
  return (await part.complete()).refs;
}
