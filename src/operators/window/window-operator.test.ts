import { describe, expect, test } from 'vitest';
import { keyBy, OperatorHarness } from '../../../test/support/operator-harness.ts';
import type { HarnessOptions } from '../../../test/support/operator-harness.ts';
import type { AggregateFunction } from '../functions/aggregate-function.ts';
import { OutputTag } from '../functions/output-tag.ts';
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
