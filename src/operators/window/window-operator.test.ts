import { describe, expect, test } from 'vitest';
import { testStrings } from '../../../test/support/strings.ts';
import { keyBy, OperatorHarness } from '../../../test/support/operator-harness.ts';
import type { HarnessOptions } from '../../../test/support/operator-harness.ts';
import { NO_KEY_GROUP } from '../../base/elements.ts';
import { checkpointId } from '../../base/ids.ts';
import { valueState } from '../../state/descriptors/value-state.ts';
import { HashmapStateBackend } from '../../state/hashmap/hashmap-state-backend.ts';
import type { AggregateFunction } from '../functions/aggregate-function.ts';
import { OutputTag } from '../functions/output-tag.ts';
import { ProcessWindowFunction } from '../functions/process-window-function.ts';
import { EventTimeSessionWindows } from './event-time-session-windows.ts';
import { SlidingEventTimeWindows } from './sliding-event-time-windows.ts';
import type { TimeWindow } from './time-window.ts';
import { TumblingEventTimeWindows } from './tumbling-event-time-windows.ts';
import type { WindowFunction } from './window-function.ts';
import { windowOperator } from './window-operator.ts';

type Reading = readonly [key: string, n: number];

const byKey = keyBy(([key]: Reading) => key);

const list: AggregateFunction<Reading, number[], number[]> = {
  createAccumulator: () => [],
  add: ([, n], accumulator) => {
    accumulator.push(n);
    return accumulator;
  },
  getResult: (accumulator) => accumulator,
};

class NoResults extends ProcessWindowFunction<Reading, never, string, TimeWindow> {
  process(): void {
    // There are none.
  }
}

type ReadingWindows = WindowFunction<Reading, unknown, string, TimeWindow>;

interface WindowTest extends Partial<HarnessOptions> {
  readonly size?: number;
  readonly lateTag?: OutputTag<Reading>;
}

function windowed(fn: ReadingWindows, { size = 10, lateTag, ...options }: WindowTest = {}): HarnessOptions {
  const makeOperator = (): ReturnType<typeof windowOperator> =>
    windowOperator({
      assigner: TumblingEventTimeWindows.of(size),
      function: fn,
      key: byKey,
      allowedLatenessMs: 0,
      lateTag,
    });
  return { makeOperator, key: byKey, ...options };
}

const lists = (options: WindowTest = {}): OperatorHarness =>
  new OperatorHarness(windowed({ kind: 'aggregate', aggregate: list }, options));

describe('a window', () => {
  test('leaves nothing behind when it has fired', () => {
    const harness = lists();
    for (const key of ['a', 'b', 'c']) for (const n of [1, 2, 12]) harness.element([key, n], n);
    expect(harness.entryCount).toBe(6);

    harness.watermark(9);
    expect(harness.entryCount).toBe(3);
    harness.watermark(19);
    expect(harness.entryCount).toBe(0);
  });

  test('does not share its accumulator with what it emitted', () => {
    const harness = lists();
    harness.element(['a', 1], 1);
    harness.watermark(9);
    harness.element(['a', 11], 11);
    harness.watermark(19);

    expect(harness.takeValues()).toEqual([[1], [11]]);
  });

  test('does not share its accumulator with its first record', () => {
    const counter = new OperatorHarness(
      windowed(
        {
          kind: 'reduce',
          reduce: (accumulated) => {
            (accumulated as unknown as number[])[1] = 99;
            return accumulated;
          },
        },
        { checkMutation: false },
      ),
    );
    const first: Reading = ['a', 1];
    counter.element(first, 1);
    counter.element(['a', 2], 2);
    counter.watermark(9);

    expect(counter.takeValues()).toEqual([['a', 99]]);
    expect(first).toEqual(['a', 1]);
  });

  test('counts its firing as a fired timer', () => {
    const harness = lists();
    harness.element(['a', 1], 1);
    harness.element(['b', 1], 1);
    harness.watermark(9);
    expect(harness.metric('numFiredTimers')).toBe(2);
  });

  test('of the last moments of event time fires at the end of input', () => {
    const harness = lists();
    harness.element(['a', 1], Number.MAX_SAFE_INTEGER);
    harness.watermark(Number.MAX_SAFE_INTEGER);
    expect(harness.takeValues()).toEqual([]);
    harness.endOfInput();
    expect(harness.take()[0]).toEqual({
      kind: 'record',
      out: 'main',
      value: [1],
      timestampMs: Number.POSITIVE_INFINITY,
    });
  });
});

describe('a late record', () => {
  test('is dropped and counted', () => {
    const harness = lists();
    harness.watermark(9);
    harness.element(['a', 1], 9);
    harness.element(['a', 2], 10);
    harness.endOfInput();

    expect(harness.takeValues()).toEqual([[2]]);
    expect(harness.metric('numLateRecordsDropped')).toBe(1);
  });

  test('goes to the side output when there is one, and is not counted as dropped', () => {
    const harness = lists({ lateTag: new OutputTag<Reading>('late') });
    harness.watermark(9);
    harness.take();
    harness.element(['a', 1], 9);

    expect(harness.take()).toEqual([{ kind: 'record', out: 'late', value: ['a', 1], timestampMs: 9 }]);
    expect(harness.metric('numLateRecordsDropped')).toBe(0);
  });

  test('is late after a restore too, before any watermark has come', () => {
    const harness = lists();
    harness.element(['a', 1], 1);
    harness.watermark(9);
    harness.restart();
    harness.take();

    harness.element(['a', 2], 2);
    harness.watermark(10);

    expect(harness.takeValues()).toEqual([]);
    expect(harness.metric('numLateRecordsDropped')).toBe(1);
  });
});

describe('a firing that a checkpoint interrupted', () => {
  test('goes on after the restore, before the first record', () => {
    const options = windowed({ kind: 'aggregate', aggregate: list });
    const snapshots: ReturnType<OperatorHarness['snapshot']>[] = [];
    const harness = new OperatorHarness({
      ...options,
      fireLimit: 2,
      afterStep: (running) => void snapshots.push(running.snapshot()),
    });
    for (const n of [1, 2, 3, 4, 5]) harness.element([`key ${n}`, n], n);
    snapshots.length = 0;
    harness.watermark(9);
    const undisturbed = harness.takeValues();

    // After the watermark, after each pair of keys, and when the watermark has gone on.
    expect(snapshots).toHaveLength(4);
    for (const [index, snapshot] of snapshots.entries()) {
      const restored = new OperatorHarness(options, snapshot);
      restored.fireDue();
      const expected = undisturbed.slice(index * 2);
      expect(new Set(restored.takeValues().map(String))).toEqual(new Set(expected.map(String)));
    }
  });
});

describe('what is refused', () => {
  test('state of windows of another size', () => {
    const snapshot = lists({ size: 10 }).snapshot();

    expect(() => new OperatorHarness(windowed({ kind: 'aggregate', aggregate: list }, { size: 20 }), snapshot)).toThrow(
      expect.objectContaining({ code: 'STATE_INCOMPATIBLE' }),
    );
  });

  test.each([
    ['add', { ...list, add: async () => [1] }, 'PROMISE_NOT_ALLOWED'],
    ['add', { ...list, add: () => undefined }, 'STATE_VALUE_INVALID'],
    ['getResult', { ...list, getResult: async () => [1] }, 'PROMISE_NOT_ALLOWED'],
  ])('%s that returns what it may not', (name, aggregate, code) => {
    // As from JavaScript.
    const fn = { kind: 'aggregate', aggregate: aggregate as unknown as typeof list } as const;
    const harness = new OperatorHarness(windowed(fn));
    const run = (): void => {
      harness.element(['a', 1], 1);
      harness.watermark(9);
    };
    expect(run).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(`Calling ${name} of operator`) }),
    );
  });
});

describe('windows that merge', () => {
  const sessions = (fn: ReadingWindows): ReturnType<typeof windowOperator> =>
    windowOperator({ assigner: EventTimeSessionWindows.withGap(10), function: fn, key: byKey, allowedLatenessMs: 0 });

  test('are refused for an aggregate without merge', () => {
    expect(() => sessions({ kind: 'aggregate', aggregate: list })).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID', message: expect.stringContaining('no merge') }),
    );
  });

  test('are refused for a function that declares state of its window', () => {
    class Counting extends ProcessWindowFunction<Reading, never, string, TimeWindow> {
      windowState = { count: valueState<number>('count') };
      process(): void {
        // Not reached.
      }
    }
    expect(() => sessions({ kind: 'process', process: new Counting() })).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID', message: expect.stringContaining('windowState') }),
    );
  });

  test('have their bounds in the state, beside the contents', () => {
    expect(sessions({ kind: 'process', process: new NoResults() }).states).toEqual([
      { name: 'window-contents', kind: 'list' },
      { name: 'window-sessions', kind: 'value' },
    ]);
  });

  test('go on in the state under another gap', () => {
    const summed: ReadingWindows = { kind: 'reduce', reduce: ([key, a], [, b]) => [key, a + b] };
    const ofGap = (gap: number): HarnessOptions => ({
      key: byKey,
      makeOperator: () =>
        windowOperator({
          assigner: EventTimeSessionWindows.withGap(gap),
          function: summed,
          key: byKey,
          allowedLatenessMs: 0,
        }),
    });
    const before = new OperatorHarness(ofGap(10));
    before.element(['a', 1], 0);
    const after = new OperatorHarness(ofGap(30), before.snapshot());
    after.element(['a', 2], 10);
    after.element(['a', 4], 40);
    after.endOfInput();

    expect(after.take().filter(({ kind }) => kind === 'record')).toEqual([
      { kind: 'record', out: 'main', value: ['a', 7], timestampMs: 69 },
    ]);
  });
});

describe('sliding windows by pane', () => {
  const merged = { ...list, merge: (a: number[], b: number[]) => [...a, ...b] };
  const sliding = (aggregate: typeof list): HarnessOptions => ({
    key: byKey,
    makeOperator: () =>
      windowOperator({
        assigner: SlidingEventTimeWindows.of(10, 2),
        function: { kind: 'aggregate', aggregate },
        key: byKey,
        allowedLatenessMs: 0,
      }),
  });

  test('keep one entry for a record, however many windows it is in', () => {
    const entries = [list, merged].map((aggregate) => {
      const harness = new OperatorHarness(sliding(aggregate));
      harness.element(['a', 1], 1);
      return harness.entryCount;
    });
    expect(entries).toEqual([5, 1]);
  });

  test('pass over time without records', () => {
    const harness = new OperatorHarness(sliding(merged));
    harness.element(['a', 1], 1);
    harness.element(['a', 2], 1e15);
    harness.endOfInput();
    expect(harness.takeValues()).toHaveLength(10);
  });

  test('do not change what another window still needs', () => {
    const harness = new OperatorHarness(sliding({ ...merged, getResult: (numbers) => numbers.splice(0) }));
    harness.element(['a', 1], 1);
    harness.element(['a', 3], 3);
    harness.endOfInput();
    expect(harness.takeValues()).toEqual([[1], [1, 3], [1, 3], [1, 3], [1, 3], [3]]);
  });

  test('are not taken for windows that are each kept by itself', () => {
    const snapshot = new OperatorHarness(sliding(list)).snapshot();
    expect(() => new OperatorHarness(sliding(merged), snapshot)).toThrow(
      expect.objectContaining({ code: 'STATE_INCOMPATIBLE', message: expect.stringContaining('by pane') }),
    );
  });

  test('of a promise from merge are refused', () => {
    const harness = new OperatorHarness(sliding({ ...merged, merge: async () => [1] } as unknown as typeof list)); // as from JavaScript
    harness.element(['a', 1], 1);
    harness.element(['a', 3], 3);
    expect(() => harness.endOfInput()).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
  });
});

test('timers that checkpoints of earlier versions have for windows do not fire', () => {
  const harness = lists();
  harness.element(['a', 1], 1);
  const snapshot = harness.snapshot();
  const backend = new HashmapStateBackend({
    keyGroups: { start: 0, end: 127 },
    maxParallelism: 128,
    strings: testStrings,
  });
  for (const [keyGroup, bytes] of snapshot.keyGroups) backend.restoreKeyGroup(keyGroup, [bytes], []);
  backend.setCurrentKey('a', NO_KEY_GROUP);
  backend.timers.register('event-time', 0, 9);
  const keyGroups = new Map<number, Uint8Array>();
  const cursor = backend.startSnapshot(checkpointId(1), 'full');
  while (!cursor.advance(10, { writeSection: ({ keyGroup, bytes }) => void keyGroups.set(keyGroup, bytes.slice()) }));

  const restored = new OperatorHarness(windowed({ kind: 'aggregate', aggregate: list }), { ...snapshot, keyGroups });
  restored.endOfInput();
  expect(restored.takeValues()).toEqual([[1]]);
  expect(restored.entryCount).toBe(0);
});
