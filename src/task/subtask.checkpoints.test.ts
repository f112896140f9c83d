import { describe, expect, it } from 'vitest';
import { FakeDataFiles } from '../../test/support/fake-data-files.ts';
import { FakeKeyedState } from '../../test/support/fake-keyed-state.ts';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import type { FakeOperatorOptions } from '../../test/support/fake-operator.ts';
import { FakeReaderSource } from '../../test/support/fake-reader.ts';
import { FakeSink } from '../../test/support/fake-sink.ts';
import { PUNCTUATED, SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import type { SubtaskSetup } from '../../test/support/subtask-fixture.ts';
import { checkpointId } from '../base/ids.ts';
import { SlotCheckpoints } from './slot-checkpoints.ts';

/** Members 'first' and 'second', both with keyed state of two sections. */
async function counting(
  setup: Partial<SubtaskSetup> = {},
  options: Partial<FakeOperatorOptions> = {},
): Promise<SubtaskFixture & { readonly keyed: readonly FakeKeyedState[] }> {
  const log: string[] = [];
  const names = ['first', 'second'];
  const keyed = names.map((name) => new FakeKeyedState(`${name} state`, log));
  const chain = names.map((name, index) => ({
    name,
    operator: new FakeOperator({ ...options, name, log }),
    ...(keyed[index] === undefined ? {} : { keyed: keyed[index] }),
  }));
  const fixture = await SubtaskFixture.running({
    chain,
    configuration: { stepLimits: { firings: 128, snapshotEntries: 1 } },
    ...setup,
    log,
  });
  return Object.assign(fixture, { keyed });
}

describe("a subtask's part of a checkpoint", () => {
  it('goes barrier hooks, barrier, versions and operator state, sections, durable file, acknowledgement', async () => {
    const fixture = await counting();
    fixture.files.isFast = false;
    fixture.send(0, 'a', 'B1');
    fixture.subtask.step();
    expect(fixture.received()).toEqual(['a', 'B1']);
    await fixture.settle();
    expect(fixture.takeLog()).toEqual([
      'first a',
      'second a',
      'first barrier 1',
      'second barrier 1',
      'first snapshot 1',
      'second snapshot 1',
      'first state start 1',
      'second state start 1',
      'first state section 0',
      'first state section 1',
      'second state section 0',
      'second state section 1',
    ]);
    fixture.files.sync();
    await fixture.settle();
    expect(fixture.log).toEqual([
      'first state written 1: chk-1@0 chk-1@1',
      'second state written 1: chk-1@2 chk-1@3',
      'master ack 1',
    ]);
    expect(fixture.acknowledgedState(1).keyed.map(({ sections }) => sections[0]?.offset)).toEqual([2, 3]);
  });

  it('is what the operators held at the barrier, however they go on', async () => {
    const log: string[] = [];
    const operator = new FakeOperator({
      name: 'map',
      log,
      onRecord: (value, _timestampMs, { operatorState }) => operatorState.listState('seen', 'split').update([value]),
    });
    const fixture = await SubtaskFixture.running({ chain: [{ name: 'map', operator }], log });
    fixture.send(0, 'a', 'W5', 'B1', 'b', 'W7');
    await fixture.settle();
    const { lists, watermarkMs } = fixture.acknowledgedState(0);
    expect(lists.map(({ name }) => name)).toEqual(['seen']);
    expect(watermarkMs).toBe(5);
    // The value codec's form of 'a' ends with its only byte.
    expect(lists[0]?.elements[0]?.at(-1)).toBe('a'.codePointAt(0));
  });

  it('is acknowledged when what operators made durable is durable', async () => {
    const durable = Promise.withResolvers<void>();
    const fixture = await counting({}, { onSnapshot: () => durable.promise });
    fixture.send(0, 'B1', 'a');
    await fixture.settle();
    expect(fixture.received()).toEqual(['B1', 'a']);
    expect(fixture.master.heard).toEqual(['running']);
    durable.resolve();
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['running', 'ack 1']);
  });

  it('is declined when its data cannot be written; the subtask goes on', async () => {
    const fixture = await counting();
    fixture.files.failure = new Error('no space left on device');
    fixture.send(0, 'B1', 'a');
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['running', 'decline 1 async-exception']);
    expect(fixture.master.errors[0]?.message).toBe('no space left on device');
    fixture.aborted(1);
    fixture.files.failure = undefined;
    fixture.send(0, 'B2');
    await fixture.settle();
    expect(fixture.master.heard.at(-1)).toBe('ack 2');
    expect(fixture.received()).toEqual(['B1', 'a', 'B2']);
  });

  it('is declined when state cannot be encoded; the subtask goes on', async () => {
    const fixture = await counting();
    const [state] = fixture.keyed;
    if (state !== undefined) state.failure = new Error('not encodable');
    fixture.send(0, 'B1', 'a');
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['running', 'decline 1 async-exception']);
    expect(fixture.log).toContain('first state cancel 1');
    expect(fixture.received()).toEqual(['B1', 'a']);
    expect(fixture.subtask.phase).toBe('running');
  });

  it('fails the subtask, in the name of the sink, when the sink cannot make its output durable', async () => {
    const log: string[] = [];
    const sink = new FakeSink({ name: 'sink', log, durable: () => Promise.reject(new Error('disk is gone')) });
    const fixture = await SubtaskFixture.running({ chain: [{ name: 'sink', sink }], log });
    fixture.send(0, 'a', 'B1');
    await fixture.settle();
    expect(fixture.master.heard[1]).toBe('failed USER_FUNCTION_FAILED');
    expect(fixture.master.errors[0]).toMatchObject({
      message: 'disk is gone',
      context: { operatorName: 'sink', operatorUid: 'sink-uid' },
    });
  });

  it('ends with the abort of the checkpoint: cursors stop, nothing is acknowledged', async () => {
    const fixture = await counting();
    fixture.files.isWritable = false;
    fixture.send(0, 'B1');
    fixture.stepAll();
    fixture.takeLog();
    fixture.aborted(1);
    fixture.files.isWritable = true;
    await fixture.settle();
    expect(fixture.log).toEqual([
      'first state cancel 1',
      'second state cancel 1',
      'first state aborted 1',
      'second state aborted 1',
      'first aborted 1',
      'second aborted 1',
    ]);
    expect(fixture.files.calls.at(-1)).toBe('abort 1');
    expect(fixture.subtask.isBusyInBackground).toBe(false);
  });

  it('ends with the abort also when only the disk is still at work', async () => {
    const fixture = await counting();
    fixture.files.isFast = false;
    fixture.send(0, 'B1');
    await fixture.settle();
    fixture.takeLog();
    fixture.aborted(1);
    fixture.files.sync();
    await fixture.settle();
    expect(fixture.log.filter((line) => line.includes('written') || line.startsWith('master'))).toEqual([]);
  });

  it('ends with the abort also when the disk has just done its work', async () => {
    const fixture = await counting();
    fixture.send(0, 'B1');
    fixture.stepAll();
    fixture.takeLog();
    fixture.aborted(1);
    await fixture.settle();
    expect(fixture.log.filter((line) => line.includes('written') || line.startsWith('master'))).toEqual([]);
  });

  it('is taken beside that of another checkpoint, each with the state of its own barrier', async () => {
    const fixture = await counting();
    fixture.files.isFast = false;
    fixture.send(0, 'B1', 'B2');
    await fixture.settle();
    fixture.aborted(1);
    fixture.files.sync();
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['running', 'ack 2']);
    expect(fixture.log.filter((line) => line.includes('written'))).toEqual([
      'first state written 2: chk-2@0 chk-2@1',
      'second state written 2: chk-2@2 chk-2@3',
    ]);
  });

  it('is completed for operators and state; a later completion covers earlier ones', async () => {
    const fixture = await counting();
    fixture.send(0, 'B1', 'B2');
    await fixture.settle();
    fixture.takeLog();
    fixture.completed(2);
    await fixture.settle();
    expect(fixture.log).toEqual([
      'first completed 2',
      'second completed 2',
      'first state completed 2',
      'second state completed 2',
    ]);
  });

  it('pauses while the disk is behind, without keeping the slot awake, and under back pressure goes on', async () => {
    const fixture = await counting({ outputs: [{ from: 1, capacity: 2 }] });
    fixture.send(0, 'a', 'b', 'c', 'B1');
    expect(fixture.stepAll()).toBe('blocked');
    fixture.received();
    expect(fixture.stepAll()).toBe('idle');
    expect(fixture.received()).toEqual(['c', 'B1']);
    fixture.send(0, 'd', 'B2', 'e', 'f');
    fixture.files.isWritable = false;
    expect(fixture.stepAll()).toBe('blocked');
    expect(fixture.subtask.isBusyInBackground).toBe(false);
    fixture.takeLog();
    fixture.files.isWritable = true;
    expect(fixture.subtask.step()).toBe('blocked');
    expect(fixture.log[0]).toBe('first state section 0');
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['running', 'ack 1', 'ack 2']);
  });
});

describe('a trigger', () => {
  async function reading(setup: Partial<SubtaskSetup> = {}): Promise<SubtaskFixture & { source: FakeReaderSource }> {
    const log: string[] = [];
    const source = new FakeReaderSource();
    const chain = [
      { name: 'numbers', source, watermarks: PUNCTUATED },
      { name: 'timed', operator: new FakeOperator({ name: 'timed', log, firings: 3 }) },
    ];
    const fixture = await SubtaskFixture.running({ chain, ...setup, log });
    fixture.addSplit();
    fixture.stepAll();
    return Object.assign(fixture, { source });
  }

  it('starts the barrier at a source, with the position behind the last record that was emitted', async () => {
    const fixture = await reading();
    fixture.source.give('a', 'b');
    fixture.stepAll();
    fixture.trigger(1);
    fixture.source.give('c');
    await fixture.settle();
    expect(fixture.received()).toEqual(['a', 'b', 'B1', 'c']);
    expect(fixture.acknowledgedState(0).lists).toMatchObject([{ name: 'source-splits', mode: 'split' }]);
    fixture.completed(1);
    await fixture.settle();
    expect(fixture.master.heard).toEqual(['register', 'running', 'ack 1']);
  });

  it('comes before the first split without harm', async () => {
    const log: string[] = [];
    const source = new FakeReaderSource();
    const fixture = new SubtaskFixture({ chain: [{ name: 'numbers', source }], log });
    const starting = Promise.withResolvers<void>();
    source.onStart = () => starting.promise;
    const started = fixture.subtask.start();
    fixture.trigger(1);
    fixture.addSplit();
    fixture.subtask.step();
    expect(fixture.master.heard).toEqual([]);
    starting.resolve();
    await started;
    await fixture.settle();
    expect(fixture.received()).toEqual(['B1']);
    expect(fixture.master.heard).toEqual(['register', 'running', 'ack 1']);
    expect(fixture.acknowledgedState(0).lists[0]?.elements).toEqual([]);
  });

  it('gets through back pressure: its barrier waits behind what waits already', async () => {
    const fixture = await reading({ outputs: [{ from: 1, capacity: 1 }] });
    fixture.source.give('a', 'b', 'c');
    expect(fixture.stepAll()).toBe('blocked');
    fixture.trigger(1);
    expect(fixture.stepAll()).toBe('blocked');
    await fixture.virtual.settle();
    fixture.subtask.step();
    expect(fixture.master.heard).toEqual(['register', 'running', 'ack 1']);
    const received: string[] = [];
    for (let rounds = 0; rounds < 10; rounds++) {
      received.push(...fixture.received());
      fixture.subtask.step();
    }
    expect(received).toEqual(['a', 'b', 'B1', 'c']);
  });

  it('interrupts the firings of a watermark', async () => {
    const fixture = await reading({ configuration: { stepLimits: { firings: 1, snapshotEntries: 1 } } });
    fixture.source.give('a@5', 'b@6');
    while (!fixture.log.includes('timed fire 5')) fixture.subtask.step();
    fixture.trigger(1);
    await fixture.settle();
    expect(fixture.received()).toEqual([
      'a@5',
      'timed 5',
      'B1',
      'timed 5',
      'timed 5',
      'W5',
      'b@6',
      'timed 6',
      'timed 6',
      'timed 6',
      'W6',
    ]);
    expect(fixture.acknowledgedState(1).watermarkMs).toBe(5);
  });

  it('of a checkpoint that was aborted before the subtask came to it is ignored', async () => {
    const fixture = await reading();
    fixture.trigger(1);
    fixture.aborted(1);
    fixture.trigger(2);
    await fixture.settle();
    expect(fixture.received()).toEqual(['B2']);
    expect(fixture.master.heard).toEqual(['register', 'running', 'ack 2']);
  });

  it('of an aborted checkpoint opens no data file that nobody would finish', async () => {
    const log: string[] = [];
    const files = new FakeDataFiles();
    const checkpoints = new SlotCheckpoints(files);
    const keyed = new FakeKeyedState('state', log);
    const operator = new FakeOperator({ name: 'count', log });
    const fixture = await SubtaskFixture.running({
      chain: [{ name: 'count', operator, keyed }],
      files,
      checkpoints,
      log,
    });
    fixture.send(0, 'Wmax', 'END');
    await fixture.settle();
    fixture.trigger(1);
    fixture.aborted(1);
    await fixture.settle();
    expect(files.calls).toEqual([]);
    expect(checkpoints.isAborted(checkpointId(1))).toBe(true);
  });
});
