import { describe, expect, it } from 'vitest';
import { FakeSink } from '../../test/support/fake-sink.ts';
import type { FakeSinkOptions } from '../../test/support/fake-sink.ts';
import { memberId, permit, SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import type { SubtaskSetup } from '../../test/support/subtask-fixture.ts';
import { testStrings } from '../../test/support/strings.ts';
import { NO_KEY_GROUP } from '../base/elements.ts';
import { checkpointId, jobId } from '../base/ids.ts';
import type { Sink, SinkWriter } from '../base/sink.ts';
import { decodeValue } from '../codec/encode-value.ts';
import { SinkOperator } from './sink-operator.ts';

async function running(
  options: Partial<FakeSinkOptions> = {},
  setup: Partial<SubtaskSetup> = {},
): Promise<SubtaskFixture & { sink: FakeSink }> {
  const log: string[] = [];
  const sink = new FakeSink({ ...options, name: 'sink', log });
  const fixture = await SubtaskFixture.running({ ...setup, chain: [{ name: 'sink', sink }], log });
  return Object.assign(fixture, { sink });
}

/** What the last acknowledgement holds under this name. */
function acknowledged(fixture: SubtaskFixture, name: string): unknown[] {
  const list = fixture.acknowledgedState(0).lists.find((candidate) => candidate.name === name);
  return (list?.elements ?? []).map((bytes) => decodeValue(testStrings, bytes));
}

function commits(fixture: SubtaskFixture): string[] {
  return fixture.log.filter((line) => line.startsWith('sink commit'));
}

describe('SinkOperator', () => {
  it('hands records to the writer and keeps committables in the checkpoint until it is complete', async () => {
    const fixture = await running();
    fixture.send(0, 'a', 'b', 'B1', 'c', 'B2');
    await fixture.settle();
    expect(acknowledged(fixture, 'sink-committables')).toEqual([
      { checkpointId: 1, committable: 'a' },
      { checkpointId: 1, committable: 'b' },
      { checkpointId: 2, committable: 'c' },
    ]);
    expect(acknowledged(fixture, 'sink-writer')).toEqual(['writer-2']);
    expect(commits(fixture)).toEqual([]);
    fixture.completed(1);
    await fixture.settle();
    fixture.send(0, 'B3');
    await fixture.settle();
    expect(commits(fixture)).toEqual(['sink commit 1: a b']);
    expect(acknowledged(fixture, 'sink-committables')).toEqual([{ checkpointId: 2, committable: 'c' }]);
    expect(fixture.metrics.get('numRecordsSend')).toBe(3);
    expect(fixture.metrics.get('successfulCommittables')).toBe(2);
  });

  it('commits what several checkpoints cover in their order, and one after the other', async () => {
    let release: (() => void) | undefined;
    const fixture = await running({
      commit: (committables) =>
        new Promise((resolve) => {
          release = () => resolve(committables.map(() => 'committed'));
        }),
    });
    fixture.send(0, 'a', 'B1', 'b', 'B2', 'c', 'B3');
    await fixture.settle();
    fixture.completed(2);
    fixture.completed(3);
    await fixture.settle();
    expect(commits(fixture)).toEqual(['sink commit 2: a b']);
    release?.();
    await fixture.settle();
    expect(commits(fixture)).toEqual(['sink commit 2: a b', 'sink commit 3: c']);
  });

  it('takes records and barriers while a commit is under way; the next checkpoint still holds what is not committed', async () => {
    const committing = Promise.withResolvers<readonly 'committed'[]>();
    const fixture = await running({ commit: () => committing.promise });
    fixture.send(0, 'a', 'B1');
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    fixture.send(0, 'b', 'B2');
    await fixture.settle();
    expect(acknowledged(fixture, 'sink-committables')).toEqual([
      { checkpointId: 1, committable: 'a' },
      { checkpointId: 2, committable: 'b' },
    ]);
    committing.resolve(['committed']);
    await fixture.settle();
    expect(fixture.subtask.phase).toBe('running');
  });

  it('offers again what is to be retried, and only that', async () => {
    let rounds = 0;
    const fixture = await running({
      commit: async (committables) => {
        rounds++;
        return committables.map((_, index) => (index === 0 || rounds === 3 ? 'committed' : 'retry'));
      },
    });
    fixture.send(0, 'a', 'b', 'c', 'B1');
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    expect(commits(fixture)).toEqual(['sink commit 1: a b c', 'sink commit 1: b c', 'sink commit 1: c']);
    expect(fixture.subtask.phase).toBe('running');
  });

  it('fails with the sink named when retries do not help', async () => {
    const fixture = await running({ commit: async (committables) => committables.map(() => 'retry') });
    fixture.send(0, 'a', 'B1');
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    // The first round and sink.committer.retries more.
    expect(commits(fixture).length).toBe(3);
    expect(fixture.master.errors).toMatchObject([
      { code: 'OUTPUT_FAILED', context: { operatorName: 'sink', operatorUid: 'sink-uid' } },
    ]);
    expect(fixture.master.errors[0]?.message).toContain("Committing 1 committables of sink 'fake-sink' failed");
  });

  it('counts what was committed before as committed', async () => {
    const fixture = await running({ commit: async (committables) => committables.map(() => 'already-committed') });
    fixture.send(0, 'a', 'B1');
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    fixture.send(0, 'B2');
    await fixture.settle();
    expect(acknowledged(fixture, 'sink-committables')).toEqual([]);
  });

  it('refuses an answer that does not fit the question', async () => {
    const fixture = await running({ commit: async () => [] });
    fixture.send(0, 'a', 'B1');
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    expect(fixture.master.errors).toMatchObject([{ code: 'INVARIANT_VIOLATED' }]);
  });

  it('commits nothing twice when a completion is heard again', async () => {
    const fixture = await running();
    fixture.send(0, 'a', 'B1');
    await fixture.settle();
    fixture.completed(1);
    fixture.completed(1);
    await fixture.settle();
    expect(commits(fixture)).toEqual(['sink commit 1: a']);
  });

  it('takes no record while the writer has no room, and goes on when it has', async () => {
    const fixture = await running();
    fixture.sink.isWritable = false;
    fixture.send(0, 'a');
    expect(fixture.stepAll()).toBe('blocked');
    expect(fixture.log).toEqual([]);
    const { wakeUps } = fixture;
    fixture.sink.isWritable = true;
    fixture.sink.context.wakeUp();
    expect(fixture.wakeUps).toBe(wakeUps + 1);
    fixture.stepAll();
    expect(fixture.log).toEqual(['sink a']);
  });

  it('gives the writer the watermark that the record came under', () => {
    const written: unknown[] = [];
    const operator = operatorOf({
      kind: 'plain',
      guarantee: 'none',
      identity: () => [],
      createWriter: (): SinkWriter<unknown, unknown, unknown> => ({
        open: () => {},
        write: (value, timestampMs, watermarkMs) => written.push([value, timestampMs, watermarkMs]),
        isWritable: true,
        prepareCommit: () => ['one that nobody commits'],
        snapshotState: () => [],
        durable: async () => {},
        close: () => {},
      }),
    });
    operator.processElement('a', 1);
    operator.processWatermark(5);
    operator.input().processElement('b', 2, NO_KEY_GROUP);
    expect(written).toEqual([
      ['a', 1, Number.NEGATIVE_INFINITY],
      ['b', 2, 5],
    ]);
    expect(() => operator.prepareBarrier(checkpointId(1))).toThrow(
      "Sink 'plain' made committables but has no committer",
    );
  });

  it('closes the committer also when the writer cannot be closed', async () => {
    const log: string[] = [];
    const operator = operatorOf({
      kind: 'plain',
      guarantee: 'exactly-once',
      identity: () => [],
      createWriter: (): SinkWriter<unknown, unknown, unknown> => ({
        open: () => {},
        write: () => {},
        isWritable: true,
        prepareCommit: () => [],
        snapshotState: () => [],
        durable: async () => {},
        close: () => {
          throw new Error('stuck');
        },
      }),
      createCommitter: () => ({ commit: async () => [], close: () => void log.push('close committer') }),
    });
    await expect(operator.close()).rejects.toThrow('stuck');
    expect(log).toEqual(['close committer']);
  });
});

/** Set up, outside of any subtask. */
function operatorOf(sink: Sink<unknown>): SinkOperator {
  const operator = new SinkOperator(sink, {
    restoredPermit: permit(1),
    committerRetries: 0,
    writerContext: {
      jobId: jobId('0123456789abcdef0123456789abcdef'),
      operatorId: memberId(0),
      runId: 'run',
      fencingEpoch: 1,
      isCheckpointingEnabled: true,
      fail: () => {},
      collectRows: () => {},
    },
  });
  const { deployment, runtime } = new SubtaskFixture({ chain: [{ name: 'sink', sink }] });
  operator.setup({
    operatorName: 'sink',
    operatorUid: 'sink-uid',
    subtaskIndex: 0,
    parallelism: 1,
    maxParallelism: 128,
    attemptNumber: 1,
    output: { collect: () => {}, collectSide: () => {} },
    keyedState: undefined,
    operatorState: runtime.createOperatorState(undefined),
    environment: runtime.environment,
    logger: runtime.environment.logger,
    metrics: deployment.metrics,
    parameters: new Map(),
    signal: new AbortController().signal,
    callGate: { isOpen: true, refuse: () => {} },
    checkMutation: false,
    restoredWatermarkMs: Number.NEGATIVE_INFINITY,
    wakeUp: () => {},
    emitWatermark: () => {},
    emitStatus: () => {},
  });
  return operator;
}
