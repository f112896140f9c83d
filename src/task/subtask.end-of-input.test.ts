import { describe, expect, it } from 'vitest';
import { FakeKeyedState } from '../../test/support/fake-keyed-state.ts';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import type { FakeOperatorOptions } from '../../test/support/fake-operator.ts';
import { FakeReaderSource } from '../../test/support/fake-reader.ts';
import { FakeSink } from '../../test/support/fake-sink.ts';
import { SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import type { SubtaskSetup } from '../../test/support/subtask-fixture.ts';

async function mapping(
  setup: Partial<SubtaskSetup> = {},
  options: Partial<FakeOperatorOptions> = {},
): Promise<SubtaskFixture> {
  const log: string[] = [];
  const operator = new FakeOperator({ ...options, name: 'map', log });
  return SubtaskFixture.running({ chain: [{ name: 'map', operator }], ...setup, log });
}

/** A source, its chain, and the log without what the reader says. */
async function reading(
  setup: Partial<SubtaskSetup> = {},
): Promise<{ fixture: SubtaskFixture; source: FakeReaderSource }> {
  const log: string[] = [];
  const source = new FakeReaderSource();
  const operator = new FakeOperator({ name: 'map', log, firings: 2 });
  const chain = [
    { name: 'numbers', source },
    { name: 'map', operator },
  ];
  return { fixture: await SubtaskFixture.running({ chain, ...setup, log }), source };
}

describe('the end of input of a subtask', () => {
  it('fires everything, finishes the operators head to tail, and sends the end behind all that they emit', async () => {
    const log: string[] = [];
    const onFinish: FakeOperatorOptions['onFinish'] = ({ output, operatorName }) =>
      output.collect(`last of ${operatorName}`, Number.NaN);
    const first = new FakeOperator({ name: 'first', log, firings: 1, onFinish });
    const second = new FakeOperator({ name: 'second', log, onFinish });
    const chain = [
      { name: 'first', operator: first },
      { name: 'second', operator: second },
    ];
    const fixture = await SubtaskFixture.running({ chain, log });
    fixture.send(0, 'Wmax', 'END');
    await fixture.settle();
    expect(fixture.log).toEqual([
      'first watermark Infinity',
      'first fire Infinity',
      'second first Infinity',
      'second watermark Infinity',
      'first finish',
      'second last of first',
      'second finish',
      'master end-of-data',
    ]);
    expect(fixture.received()).toEqual(['first Infinity', 'Wmax', 'last of first', 'last of second', 'END']);
  });

  it('comes when the last channel ends, whatever the others had', async () => {
    const fixture = await mapping({ inputs: 3 });
    fixture.send(0, 'Wmax', 'END');
    fixture.send(1, 'a@3', 'Wmax', 'END');
    await fixture.settle();
    expect(fixture.received()).toEqual(['a@3']);
    fixture.send(2, 'Wmax', 'END');
    await fixture.settle();
    expect(fixture.received()).toEqual(['Wmax', 'END']);
  });

  it('makes the last watermark itself where a channel ends without one', async () => {
    const fixture = await mapping({ inputs: 2 }, { firings: 1 });
    fixture.send(0, 'END');
    fixture.send(1, 'W5', 'END');
    await fixture.settle();
    // The first channel holds nobody back any more.
    expect(fixture.received()).toEqual(['map 5', 'W5', 'map Infinity', 'Wmax', 'END']);
  });

  it('waits for room in the outputs, and for the operator that does not take anything now', async () => {
    const log: string[] = [];
    const operator = new FakeOperator({ name: 'map', log, firings: 3 });
    const fixture = await SubtaskFixture.running({
      chain: [{ name: 'map', operator }],
      outputs: [{ from: 0, capacity: 1 }],
      log,
    });
    fixture.send(0, 'a', 'Wmax', 'END');
    operator.isWritable = false;
    fixture.stepAll();
    expect(fixture.received()).toEqual([]);
    operator.isWritable = true;
    const received: string[] = [];
    for (let rounds = 0; rounds < 50; rounds++) {
      fixture.subtask.step();
      received.push(...fixture.received());
    }
    expect(received).toEqual(['a', 'map Infinity', 'map Infinity', 'map Infinity', 'Wmax', 'END']);
    expect(fixture.master.heard).toEqual(['running', 'end-of-data']);
  });

  it('of a source without any input is that of one with some', async () => {
    const { fixture, source } = await reading();
    source.end();
    fixture.subtask.sourceEvent({ kind: 'no-more-splits' });
    await fixture.settle();
    expect(fixture.received()).toEqual(['map Infinity', 'map Infinity', 'Wmax', 'END']);
    expect(fixture.master.heard).toEqual(['register', 'running', 'end-of-data']);
  });

  it('is covered by the first checkpoint that is taken after it and completes', async () => {
    const fixture = await mapping();
    fixture.send(0, 'B1');
    await fixture.settle();
    fixture.send(0, 'Wmax', 'END');
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['running', 'ack 1', 'end-of-data']);
    fixture.trigger(2);
    await fixture.settle();
    // Nothing follows the end downstream.
    expect(fixture.received()).toEqual(['B1', 'Wmax', 'END']);
    fixture.completed(2);
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['running', 'ack 1', 'end-of-data', 'ack 2 finished', 'finished']);
    expect(fixture.subtask.phase).toBe('finished');
  });

  it('is covered by a later checkpoint when the first that was taken after it is aborted meanwhile', async () => {
    const fixture = await mapping();
    fixture.send(0, 'Wmax', 'END');
    await fixture.settle();
    fixture.trigger(5);
    fixture.trigger(6);
    await fixture.settle();
    fixture.aborted(5);
    fixture.completed(6);
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['running', 'end-of-data', 'ack 5 finished', 'ack 6 finished', 'finished']);
  });

  it('is finished only when what the last checkpoint covers is committed', async () => {
    const log: string[] = [];
    const commit = Promise.withResolvers<void>();
    const sink = new FakeSink({
      name: 'sink',
      log,
      commit: async (committables) => {
        await commit.promise;
        return committables.map(() => 'committed');
      },
    });
    const fixture = await SubtaskFixture.running({ chain: [{ name: 'sink', sink }], log });
    fixture.send(0, 'a', 'Wmax', 'END');
    await fixture.settle();
    fixture.trigger(1);
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    expect(fixture.takeLog()).toEqual([
      'sink a',
      'master end-of-data',
      'sink prepare 1 end',
      'sink state 1',
      'master ack 1 finished',
      'sink commit 1: a',
    ]);
    commit.resolve();
    await fixture.settle();
    expect(fixture.log).toEqual(['master finished']);
  });

  it('without checkpoints flushes the sinks and waits until that is durable', async () => {
    const log: string[] = [];
    const durable = Promise.withResolvers<void>();
    const sink = new FakeSink({ name: 'sink', log, durable: () => durable.promise });
    const fixture = await SubtaskFixture.running({
      chain: [{ name: 'sink', sink }],
      configuration: { isCheckpointingEnabled: false },
      log,
    });
    fixture.send(0, 'a', 'Wmax', 'END');
    await fixture.settle();
    const id = Number.MAX_SAFE_INTEGER;
    expect(fixture.takeLog()).toEqual(['sink a', `sink prepare ${id} end`, `sink state ${id}`]);
    durable.resolve();
    await fixture.settle();
    expect(fixture.log).toEqual(['master finished']);
  });

  it("leaves the part in the slot's data file to the others", async () => {
    const log: string[] = [];
    const operator = new FakeOperator({ name: 'count', log });
    const chain = [{ name: 'count', operator, keyed: new FakeKeyedState('state', log) }];
    const fixture = await SubtaskFixture.running({ chain, log });
    fixture.checkpoints.join('another subtask of the slot');
    fixture.send(0, 'Wmax', 'END');
    await fixture.settle();
    fixture.trigger(1);
    await fixture.settle();
    fixture.checkpoints.leave('another subtask of the slot');
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    expect(fixture.subtask.phase).toBe('finished');
    // The next file has no part of it, so that nobody waits for one.
    fixture.checkpoints.join('a third');
    fixture.checkpoints.openPart('a third', 2 as never);
    expect(fixture.files.calls.at(-2)).toBe('begin 2 of 1');
  });

  it('ignores a trigger that comes after it has finished', async () => {
    const fixture = await mapping();
    fixture.send(0, 'Wmax', 'END');
    await fixture.settle();
    fixture.trigger(1);
    await fixture.settle();
    fixture.completed(1);
    fixture.trigger(2);
    await fixture.settle();
    fixture.trigger(3);
    await fixture.settle();
    // The second was on its way when the subtask learnt that it had finished.
    expect(fixture.master.heard).toEqual(['running', 'end-of-data', 'ack 1 finished', 'ack 2 finished', 'finished']);
  });
});

describe('a subtask that has finished', () => {
  it('hears nothing of a checkpoint that completed without waiting for its part', async () => {
    const log: string[] = [];
    const operator = new FakeOperator({ name: 'count', log });
    const chain = [{ name: 'count', operator, keyed: new FakeKeyedState('state', log) }];
    const fixture = await SubtaskFixture.running({ chain, log });
    fixture.send(0, 'Wmax', 'END');
    await fixture.settle();
    fixture.trigger(1);
    await fixture.settle();
    fixture.files.isFast = false;
    // The second begins before the first has told the subtask that it has finished.
    fixture.trigger(2);
    fixture.completed(1);
    await fixture.settle();
    expect(fixture.subtask.phase).toBe('finished');
    fixture.takeLog();
    fixture.completed(2);
    await fixture.settle();
    expect(fixture.log).toEqual([]);
    // Others of the slot may still need the file: its part in it is completed.
    fixture.files.sync();
    await fixture.settle();
    expect(fixture.files.calls).toContain('done 2');
    expect(fixture.subtask.phase).toBe('finished');
  });
});

describe('a checkpoint between the last record of a source and its end', () => {
  it('holds no split any more, though timers are still firing', async () => {
    const { fixture, source } = await reading({ configuration: { stepLimits: { firings: 1, snapshotEntries: 1 } } });
    fixture.addSplit();
    source.give('a', 'b');
    fixture.stepAll();
    fixture.trigger(1);
    await fixture.settle();
    expect(fixture.acknowledgedState(0).lists[0]?.elements.length).toBe(1);
    source.end();
    while (!fixture.log.includes('map fire Infinity')) fixture.subtask.step();
    fixture.trigger(2);
    await fixture.settle();
    const second = fixture.master.acknowledgements.at(-1);
    expect(second?.checkpointId).toBe(2);
    expect(second?.snapshot.isFinished).toBe(false);
    expect(fixture.acknowledgedState(0).lists).toMatchObject([{ name: 'source-splits', elements: [] }]);
    expect(fixture.received()).toEqual(['a', 'b', 'B1', 'map Infinity', 'B2', 'map Infinity', 'Wmax', 'END']);
  });
});
