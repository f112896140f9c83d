/** Checkpoints for tests: metadata of a small job, and the ids in it. */
import { checkpointId, jobId, operatorId } from '../../src/base/ids.ts';
import type { CheckpointId, JobId, OperatorId } from '../../src/base/ids.ts';
import type { KeyGroupChain, SectionRef } from '../../src/base/state-handle.ts';
import type {
  CheckpointMetadata,
  OperatorMetadata,
  SubtaskMetadata,
} from '../../src/checkpoint/metadata/checkpoint-metadata.ts';

export const JOB_ID: JobId = jobId('0123456789abcdef0123456789abcdef');
export const SOURCE_ID: OperatorId = operatorId('11111111111111111111111111111111');
export const COUNT_ID: OperatorId = operatorId('22222222222222222222222222222222');
export const SINK_ID: OperatorId = operatorId('33333333333333333333333333333333');

export function sectionRef(file: string, overrides: Partial<SectionRef> = {}): SectionRef {
  return { file, blockOffset: 36, blockLength: 120, offset: 0, length: 100, isBase: true, entryCount: 5, ...overrides };
}

export function chain(keyGroup: number, ...files: string[]): KeyGroupChain {
  return { keyGroup, sections: files.map((file, index) => sectionRef(file, { isBase: index === 0 })) };
}

export function subtaskMetadata(overrides: Partial<SubtaskMetadata> = {}): SubtaskMetadata {
  return { isFinished: false, watermarkMs: undefined, keyed: [], lists: [], ...overrides };
}

export function operatorMetadata(overrides: Partial<OperatorMetadata> = {}): OperatorMetadata {
  return {
    operatorId: COUNT_ID,
    uid: 'count',
    hasUserUid: true,
    name: 'count',
    vertexId: COUNT_ID,
    parallelism: 1,
    maxParallelism: 128,
    hasExplicitMaxParallelism: false,
    keys: [{ hashId: undefined }],
    states: [],
    source: undefined,
    sink: undefined,
    subtasks: [subtaskMetadata()],
    ...overrides,
  };
}

export function checkpointMetadata(overrides: Partial<CheckpointMetadata> = {}): CheckpointMetadata {
  return {
    checkpointId: checkpointId(3),
    triggeredAtMs: 1_700_000_000_123,
    millraceVersion: '0.1.0',
    fencingEpoch: 2,
    runId: 'a1b2c3d4e5f60718',
    jobId: JOB_ID,
    jobName: 'flights',
    operators: [],
    ...overrides,
  };
}

/** A checkpoint in which everything that the format can hold occurs. */
export function richMetadata(id: CheckpointId = checkpointId(3)): CheckpointMetadata {
  const shared = (n: number, slot: number): string => `shared/chk-${n}.epoch-2.attempt-1.slot-${slot}`;
  const source = operatorMetadata({
    operatorId: SOURCE_ID,
    vertexId: SOURCE_ID,
    uid: 'flüge ✈',
    name: 'flights',
    parallelism: 2,
    keys: [],
    source: {
      kind: 'files',
      identity: ['/data/flights', '*.json'],
      splitVersion: 1,
      enumeratorState: Uint8Array.of(1, 2, 3),
    },
    subtasks: [
      subtaskMetadata({
        isFinished: true,
        lists: [{ name: 'splits', mode: 'split', elements: [] }],
      }),
      subtaskMetadata({
        lists: [{ name: 'splits', mode: 'split', elements: [Uint8Array.of(9), new Uint8Array(0)] }],
      }),
    ],
  });
  const count = operatorMetadata({
    parallelism: 2,
    maxParallelism: 1024,
    hasExplicitMaxParallelism: true,
    keys: [{ hashId: 'by-country' }, undefined, { hashId: undefined }],
    states: [
      { name: 'seen', kind: 'value' },
      { name: 'all', kind: 'list' },
      { name: 'by', kind: 'map' },
      { name: 'sum', kind: 'reducing' },
      { name: 'mean', kind: 'aggregating' },
    ],
    subtasks: [
      subtaskMetadata({
        watermarkMs: -Infinity,
        keyed: [chain(0, shared(2, 0), shared(3, 0)), chain(511, shared(3, 0))],
      }),
      subtaskMetadata({ watermarkMs: 1_700_000_000_000, keyed: [chain(512, shared(3, 1))] }),
    ],
  });
  const sink = operatorMetadata({
    operatorId: SINK_ID,
    vertexId: COUNT_ID,
    hasUserUid: false,
    uid: 'sink at position 2',
    name: 'results',
    parallelism: 2,
    keys: [undefined],
    sink: { kind: 'files', guarantee: 'exactly-once', identity: ['/data/out'] },
    subtasks: [
      subtaskMetadata({ lists: [{ name: 'committables', mode: 'union', elements: [Uint8Array.of(7, 7)] }] }),
      subtaskMetadata({ lists: [{ name: 'rules', mode: 'broadcast', elements: [] }] }),
    ],
  });
  return checkpointMetadata({ checkpointId: id, operators: [source, count, sink] });
}
