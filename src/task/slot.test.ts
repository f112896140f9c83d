import { describe, expect, it } from 'vitest';
import { FakeKeyedState } from '../../test/support/fake-keyed-state.ts';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import type { FakeOperatorOptions } from '../../test/support/fake-operator.ts';
import { FakeReaderSource } from '../../test/support/fake-reader.ts';
import { SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import type { SubtaskSetup } from '../../test/support/subtask-fixture.ts';
import { checkpointId } from '../base/ids.ts';
import { Slot } from './slot.ts';

/** Subtasks 'a', 'b', ... of one slot, each over a gate and an operator with keyed state; what they share comes from the first. */
async function slotOf(count: number, options: Partial<FakeOperatorOptions> = {}, setup: Partial<SubtaskSetup> = {}) {
  const log: string[] = [];
  const parts: SubtaskFixture[] = [];
  const keyed: FakeKeyedState[] = [];
  for (let index = 0; index < count; index++) {
    const name = 'abc'.charAt(index);
    const shared = parts[0] === undefined ? {} : { virtual: parts[0].virtual, checkpoints: parts[0].checkpoints };
    const state = new FakeKeyedState(`${name} state`, log);
    keyed.push(state);
    const chain = [{ name, operator: new FakeOperator({ ...options, name, log }), keyed: state }];
    parts.push(new SubtaskFixture({ ...setup, ...shared, chain, log, subtaskIndex: index }));
  }
  const [first] = parts;
  if (first === undefined) throw new Error('A slot without subtasks');
  // Each part makes its own runtime; what differs is the keyed state of its operator.
  const runtime = { ...first.runtime, createKeyedState: () => keyed.shift() ?? new FakeKeyedState('none', log) };
  const slot = new Slot(
    parts.map(({ deployment }) => deployment),
    runtime,
  );
  await slot.start();
  log.length = 0;
  return { slot, parts, log, virtual: first.virtual, files: first.files, master: first.master };
}

describe('Slot', () => {
  it('gives each subtask a step a round and says who is about to run', async () => {
    const { slot, parts, log } = await slotOf(2);
    parts[0]?.send(0, 'x');
    parts[1]?.send(0, 'y');
    const running: number[] = [];
    expect(slot.round((index) => running.push(index))).toEqual({
      didWork: true,
      nextWakeUpMs: Number.POSITIVE_INFINITY,
    });
    expect(running).toEqual([0, 1]);
    expect(log).toEqual(['a x', 'b y']);
    expect(slot.round().didWork).toBe(false);
  });

  it('hands control messages to the subtask they are for, or to all', async () => {
    const { slot, parts, log, virtual, files } = await slotOf(2);
    for (const part of parts) part.send(0, 'Wmax', 'END');
    const rounds = async (): Promise<void> => {
      for (let round = 0; round < 20; round++) slot.round();
      await virtual.settle();
      slot.round();
    };
    await rounds();
    log.length = 0;
    const trigger = {
      checkpointId: checkpointId(1),
      timestampMs: 0,
      alignment: 'exactly-once-aligned',
      stateMode: 'full',
    } as const;
    const [a, b] = parts.map(({ address }) => address);
    if (a === undefined || b === undefined) throw new Error('Two subtasks');
    slot.triggerCheckpoint(b, trigger);
    await rounds();
    expect(log[0]).toBe('b barrier 1');
    expect(log.some((line) => line.startsWith('a '))).toBe(false);
    slot.triggerCheckpoint(a, trigger);
    await rounds();
    expect(files.calls).toEqual(['begin 1 of 2', 'part 1', 'done 1', 'part 1', 'done 1']);
    log.length = 0;
    slot.checkpointCompleted({ kind: 'checkpoint-completed', checkpointId: checkpointId(1), fencingEpoch: 1 });
    await rounds();
    expect(files.calls.at(-1)).toBe('completed 1');
    expect(log.filter((line) => line.endsWith('completed 1'))).toEqual([
      'a completed 1',
      'a state completed 1',
      'b completed 1',
      'b state completed 1',
    ]);
    slot.checkpointAborted(checkpointId(2));
    await rounds();
    expect(log.filter((line) => line.endsWith('aborted 2')).length).toBe(4);
    const stranger = { ...a, subtaskIndex: 9 };
    slot.triggerCheckpoint(stranger, trigger);
    slot.sourceEvent(stranger, a.vertexId, { kind: 'no-more-splits' });
    expect(slot.round().didWork).toBe(false);
  });

  it('sleeps until the next timer of any subtask, and not at all for one whose output is full', async () => {
    const log: string[] = [];
    const source = new FakeReaderSource();
    const chain = [{ name: 'numbers', source }];
    const fixture = new SubtaskFixture({ chain, log, outputs: [{ from: 0, capacity: 1 }] });
    const slot = new Slot([fixture.deployment], fixture.runtime);
    await slot.start();
    const startedMs = fixture.virtual.environment.clock.nowMs();
    slot.sourceEvent(fixture.address, fixture.address.vertexId, { kind: 'add-splits', splits: [{ splitId: 's' }] });
    slot.round();
    expect(slot.round().nextWakeUpMs).toBe(startedMs + 200);
    source.give('a', 'b');
    slot.round();
    slot.round();
    await fixture.virtual.advance(1000);
    expect(slot.round()).toEqual({ didWork: false, nextWakeUpMs: Number.POSITIVE_INFINITY });
    fixture.received();
    expect(slot.round().didWork).toBe(true);
    // The watermark's period was due all the time.
    slot.round();
    expect(slot.round().nextWakeUpMs).toBe(startedMs + 1200);
  });

  it('names the largest states first', async () => {
    const { slot } = await slotOf(2);
    expect(slot.stateSizes()).toEqual([
      { state: 'a/counts', entries: 2 },
      { state: 'b/counts', entries: 2 },
    ]);
  });

  it('closes all subtasks when one cannot be closed, and then its data files', async () => {
    const { slot, log, files, virtual } = await slotOf(3, {
      onClose: () => {
        throw new Error('stuck');
      },
    });
    await slot.close();
    expect(log).toEqual(['a close', 'b close', 'c close']);
    expect(files.calls).toEqual(['close']);
    expect(virtual.logged.map(({ message }) => message)).toEqual([
      "Closing operator 'a' failed: stuck",
      "Closing operator 'b' failed: stuck",
      "Closing operator 'c' failed: stuck",
    ]);
  });

  it('shares all time out among busy, back-pressured and idle', async () => {
    const { slot, parts, virtual } = await slotOf(
      1,
      {
        onRecord: (value, timestampMs, { output }) => {
          clock.nowMs += Number(value);
          output.collect(value, timestampMs);
        },
      },
      { outputs: [{ from: 0, capacity: 1 }] },
    );
    const clock = tickingClock(virtual.environment.clock);
    const [part] = parts;
    if (part === undefined) throw new Error('One subtask');
    const times = (): number[] =>
      (['accumulateBusyTimeMs', 'accumulateBackPressuredTimeMs', 'accumulateIdleTimeMs'] as const).map((name) =>
        part.metrics.get(name),
      );
    slot.round();
    clock.nowMs += 100;
    part.send(0, '7', '5');
    slot.round();
    expect(times()).toEqual([12, 0, 100]);
    clock.nowMs += 30;
    slot.round();
    clock.nowMs += 20;
    part.received();
    slot.round();
    // The first wait follows a step that did something, the second one that found no room.
    expect(times()).toEqual([12, 20, 130]);
    clock.nowMs += 9;
    slot.round();
    expect(times().reduce((sum, time) => sum + time, 0)).toBe(clock.nowMs - clock.startedMs);
    expect(part.metrics.get('longestBlockMs')).toBe(12);
    expect(part.metrics.get('numRecordsIn')).toBe(2);
    expect(part.metrics.get('numRecordsOut')).toBe(2);
    expect(part.metrics.get('overflowRecordsMax')).toBe(1);
    expect(part.metrics.get('overflowRecords')).toBe(0);
  });
});

/** Takes the virtual clock over: it goes on when the test, or user code, says so. */
function tickingClock(clock: { monotonicMs: () => number }): { nowMs: number; readonly startedMs: number } {
  const ticking = { nowMs: 1000, startedMs: 1000 };
  clock.monotonicMs = () => ticking.nowMs;
  return ticking;
}
