import { describe, expect, it } from 'vitest';
import { FakeSinkTask } from '../../../test/support/fake-sink-task.ts';
import type { SinkTaskOptions } from '../../../test/support/fake-sink-task.ts';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import { CollectSink } from './collect-sink.ts';

interface Collected {
  readonly task: FakeSinkTask<number>;
  readonly batches: (readonly [string, readonly unknown[]])[];
}

function collecting(options: Partial<SinkTaskOptions<number>> = {}): Collected {
  const batches: (readonly [string, readonly unknown[]])[] = [];
  const task = new FakeSinkTask<number>({
    sink: new CollectSink<number>(),
    environment: memoryEnvironment(),
    collectRows: (batchId, rows) => void batches.push([batchId, rows]),
    ...options,
  });
  return { task, batches };
}

describe('CollectSink', () => {
  it('hands rows over when their checkpoint is complete', async () => {
    const { task, batches } = collecting({ fencingEpoch: 3, attemptNumber: 2, subtaskIndex: 1, parallelism: 2 });
    task.write(1);
    task.write(2);
    await task.barrier(1).durable;
    task.write(3);
    expect(batches).toEqual([]);
    await task.commit(1);
    expect(batches).toEqual([['3.2.1.0', [1, 2]]]);
  });

  it('keeps the id of a batch when it is committed again', async () => {
    const { task, batches } = collecting();
    task.write(1);
    const { snapshot } = task.barrier(1);
    await task.commit(1);
    await task.commit(1, snapshot.committables);
    expect(new Set(batches.map(([batchId]) => batchId)).size).toBe(1);
  });

  it('makes no batch without rows', () => {
    const { task } = collecting();
    expect(task.barrier(1).snapshot.committables).toEqual([]);
  });

  it('hands each row over at once without checkpoints', () => {
    const { task, batches } = collecting({ isCheckpointingEnabled: false });
    task.write(1);
    task.write(2);
    expect(batches.map(([, rows]) => rows)).toEqual([[1], [2]]);
    expect(new Set(batches.map(([batchId]) => batchId)).size).toBe(2);
  });
});
