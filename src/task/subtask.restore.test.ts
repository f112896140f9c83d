import { describe, expect, it } from 'vitest';
import { FakeKeyedState } from '../../test/support/fake-keyed-state.ts';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import { FakeReaderSource } from '../../test/support/fake-reader.ts';
import { FakeSink } from '../../test/support/fake-sink.ts';
import { memberId, SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import { testStrings } from '../../test/support/strings.ts';
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { checkpointId } from '../base/ids.ts';
import type { ListStateSnapshot, OperatorSubtaskState, SectionRef, SubtaskRestore } from '../base/state-handle.ts';
import { encodeValue } from '../codec/encode-value.ts';

function restored(operators: readonly OperatorSubtaskState[], isFinished: boolean = false): SubtaskRestore {
  return { checkpointId: checkpointId(7), isFinished, operators };
}

interface StateOptions {
  readonly lists?: readonly ListStateSnapshot[];
  readonly sections?: readonly (readonly string[])[];
  readonly watermarkMs?: EventTimeMs;
}

function stateOf(index: number, { lists = [], sections = [], watermarkMs }: StateOptions): OperatorSubtaskState {
  const keyed = sections.map((files, keyGroup) => ({ keyGroup, sections: files.map(section) }));
  return { operatorId: memberId(index), keyed, states: [], lists, watermarkMs };
}

function section(file: string): SectionRef {
  return { file, blockOffset: 0, blockLength: 1, offset: 0, length: 1, isBase: true, entryCount: 1 };
}

function list(name: string, ...elements: readonly unknown[]): ListStateSnapshot {
  return { name, mode: 'split', elements: elements.map((element) => encodeValue(testStrings, element)) };
}

describe('a subtask that is restored', () => {
  it('brings all state back, then sets up head to tail and opens tail to head, then says that it runs', async () => {
    const log: string[] = [];
    const chain = ['first', 'second'].map((name) => ({
      name,
      operator: new FakeOperator({
        name,
        log,
        onSetup: ({ operatorState, restoredWatermarkMs }) =>
          log.push(`${name} setup ${operatorState.listState('seen', 'split').get().join()} ${restoredWatermarkMs}`),
      }),
      keyed: new FakeKeyedState(`${name} state`, log),
    }));
    const fixture = new SubtaskFixture({
      chain,
      log,
      restore: restored([
        stateOf(0, { sections: [['base-0', 'delta-0'], ['base-1']], lists: [list('seen', 1, 2)], watermarkMs: 5 }),
        stateOf(1, { sections: [['base-2']] }),
      ]),
      readSection: async (file) => new TextEncoder().encode(file.at(0) ?? ''),
    });
    await fixture.subtask.start();
    expect(log).toEqual([
      'first state restore 0: 98 100',
      'first state restore 1: 98',
      'second state restore 0: 98',
      'first setup 1,2 5',
      `second setup  ${WATERMARK_MIN}`,
      'second open',
      'first open',
      'master running',
    ]);
  });

  it('gives the reader its splits with their positions before it registers', async () => {
    const log: string[] = [];
    const source = new FakeReaderSource(log);
    const fixture = new SubtaskFixture({
      chain: [{ name: 'numbers', source }],
      log,
      restore: restored([
        stateOf(0, {
          lists: [
            list('source-splits', {
              split: { splitId: 's', position: 4 },
              generator: null,
              watermarkMs: WATERMARK_MIN,
            }),
          ],
        }),
      ]),
    });
    await fixture.subtask.start();
    expect(log).toEqual(['reader start', 'reader splits s:4', 'master register', 'master running']);
    source.give('e');
    await fixture.settle();
    fixture.trigger(8);
    await fixture.settle();
    expect(fixture.received()).toEqual(['e', 'B8']);
  });

  it('goes on with firings that the checkpoint had interrupted before it takes a record', async () => {
    const log: string[] = [];
    const operator = new FakeOperator({ name: 'timed', log, onSetup: () => operator.setDue(3) });
    const fixture = await SubtaskFixture.running({
      chain: [{ name: 'timed', operator }],
      log,
      restore: restored([stateOf(0, { watermarkMs: 5 })]),
      outputs: [{ from: 0, capacity: 2 }],
      configuration: { stepLimits: { firings: 1, snapshotEntries: 1 } },
    });
    fixture.send(0, 'a', 'W5');
    const received: string[] = [];
    for (let rounds = 0; rounds < 20; rounds++) {
      fixture.subtask.step();
      received.push(...fixture.received());
    }
    expect(received).toEqual(['timed 5', 'timed 5', 'timed 5', 'a', 'W5']);
  });

  it('takes a checkpoint also while it goes on with those firings', async () => {
    const log: string[] = [];
    const operator = new FakeOperator({ name: 'timed', log, onSetup: () => operator.setDue(2) });
    const source = new FakeReaderSource();
    const fixture = await SubtaskFixture.running({
      chain: [
        { name: 'numbers', source },
        { name: 'timed', operator },
      ],
      log,
      restore: restored([stateOf(1, { watermarkMs: 5 })]),
      configuration: { stepLimits: { firings: 1, snapshotEntries: 1 } },
    });
    fixture.subtask.step();
    fixture.trigger(8);
    await fixture.settle();
    expect(fixture.received()).toEqual(['timed 5', 'B8', 'timed 5']);
  });

  it('commits what the restored checkpoint covers before the first record, and not what it does not cover', async () => {
    const log: string[] = [];
    const sink = new FakeSink({ name: 'sink', log });
    const fixture = new SubtaskFixture({
      chain: [{ name: 'sink', sink }],
      log,
      restoredCheckpoint: 7,
      restore: restored([
        stateOf(0, {
          lists: [
            list('sink-writer', 'writer state'),
            list(
              'sink-committables',
              { checkpointId: 6, committable: 'x' },
              { checkpointId: 7, committable: 'y' },
              { checkpointId: 8, committable: 'z' },
            ),
          ],
        }),
      ]),
    });
    fixture.send(0, 'a');
    await fixture.subtask.start();
    await fixture.settle();
    expect(log).toEqual(['sink restored writer state', 'sink commit 7: x y', 'sink open', 'master running', 'sink a']);
  });

  it('as finished reads nothing, passes the end on, and has nothing more to do', async () => {
    const log: string[] = [];
    const source = new FakeReaderSource(log);
    const operator = new FakeOperator({ name: 'map', log });
    const fixture = new SubtaskFixture({
      chain: [
        { name: 'numbers', source },
        { name: 'map', operator },
      ],
      log,
      restore: restored([], true),
      outputs: [{ from: 1, capacity: 1 }],
    });
    await fixture.subtask.start();
    fixture.subtask.step();
    const received = fixture.received();
    fixture.subtask.step();
    expect([...received, ...fixture.received()]).toEqual(['Wmax', 'END']);
    expect(log).toEqual(['map open', 'master finished']);
    expect(fixture.subtask.nextWakeUpMs).toBe(Number.POSITIVE_INFINITY);
    await fixture.subtask.close();
    expect(log).toEqual(['map open', 'master finished', 'map close']);
  });

  it('as finished still commits what may not have been committed', async () => {
    const log: string[] = [];
    const sink = new FakeSink({ name: 'sink', log });
    const committable = { checkpointId: 7, committable: 'x' };
    const fixture = new SubtaskFixture({
      chain: [{ name: 'sink', sink }],
      log,
      restoredCheckpoint: 7,
      restore: restored([stateOf(0, { lists: [list('sink-committables', committable)] })], true),
    });
    await fixture.subtask.start();
    expect(log).toEqual(['sink commit 7: x', 'sink open', 'master finished']);
  });

  it('fails when its state cannot be read', async () => {
    const log: string[] = [];
    const operator = new FakeOperator({ name: 'count', log });
    const fixture = new SubtaskFixture({
      chain: [{ name: 'count', operator, keyed: new FakeKeyedState('state', log) }],
      log,
      restore: restored([stateOf(0, { sections: [['base']] })]),
      readSection: () => Promise.reject(new Error('unreadable')),
    });
    await fixture.subtask.start();
    expect(fixture.master.errors).toMatchObject([{ message: 'unreadable' }]);
    await fixture.subtask.close();
    expect(log).toEqual(['master failed USER_FUNCTION_FAILED']);
  });
});
