/**
 * Sliding windows whose panes are merged against the same ones kept each by itself: one aggregate, once with merge and once without.
 * Both are interrupted, restored and rescaled at points of their own.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryDisturbance, arbitrarySteps, byKey, runWindows } from '../../../test/support/window-steps.ts';
import type { NumberedRecord, WindowRun } from '../../../test/support/window-steps.ts';
import type { OperatorFactory } from '../../base/operator.ts';
import type { AggregateFunction } from '../functions/aggregate-function.ts';
import type { Collector } from '../functions/collector.ts';
import { ProcessWindowFunction } from '../functions/process-window-function.ts';
import { SlidingEventTimeWindows } from './sliding-event-time-windows.ts';
import type { TimeWindow } from './time-window.ts';
import { windowOperator } from './window-operator.ts';

/** Changes its accumulator in place, gives it away as its result, and keeps either side of a merge: what functions are free to do. */
const numbers: AggregateFunction<NumberedRecord, number[], number[]> = {
  createAccumulator: () => [],
  add: ({ n }, accumulator) => {
    accumulator.push(n);
    return accumulator;
  },
  getResult: (accumulator) => accumulator.sort((a, b) => a - b),
};

const mergedNumbers: typeof numbers = {
  ...numbers,
  merge: (a, b) => {
    const [longer, shorter] = a.length > b.length ? [a, b] : [b, a];
    longer.push(...shorter);
    return longer;
  },
};

class WithWindow extends ProcessWindowFunction<number[], unknown, number, TimeWindow> {
  process(key: number, ctx: this['Context'], results: Iterable<number[]>, out: Collector<unknown>): void {
    for (const result of results)
      out.collect([key, ctx.window.startMs, ctx.window.endMs, ctx.currentWatermark(), result]);
  }
}

const arbitraryWindows = fc
  .tuple(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 30 }), fc.integer({ min: -29, max: 29 }))
  .filter(([size, slide, offset]) => slide < size && Math.abs(offset) < slide);

const operators = ([size, slide, offset]: readonly [number, number, number]) => {
  return (aggregate: typeof numbers) => (): OperatorFactory =>
    windowOperator({
      assigner: SlidingEventTimeWindows.of(size, slide, offset),
      function: { kind: 'aggregate', aggregate, process: new WithWindow() },
      key: byKey,
      allowedLatenessMs: 0,
    });
};

/** Windows fire in order of their ends; keys of a window in no order. */
function comparable({ records, ...run }: WindowRun): unknown {
  const lines = records.map(({ timestampMs, value }) => ({ timestampMs, value }));
  return { ...run, lines: lines.sort((a, b) => a.timestampMs - b.timestampMs || compareKeys(a.value, b.value)) };
}

function compareKeys(a: unknown, b: unknown): number {
  return String(a) < String(b) ? -1 : 1;
}

describe('panes', () => {
  test('give what separate windows give', () => {
    fc.assert(
      fc.property(
        arbitraryWindows,
        arbitrarySteps,
        arbitraryDisturbance,
        arbitraryDisturbance,
        (windows, steps, disturbance, otherDisturbance) => {
          const operator = operators(windows);
          const separate = runWindows(operator(numbers), steps, disturbance);
          const paned = runWindows(operator(mergedNumbers), steps, otherDisturbance);

          expect(comparable(paned)).toEqual(comparable(separate));
          expect(paned.entriesLeft).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('fire in order of their windows in one subtask', () => {
    fc.assert(
      fc.property(arbitraryWindows, arbitrarySteps, fc.integer({ min: 1, max: 3 }), (windows, steps, fireLimit) => {
        const undisturbed = steps.filter(({ kind }) => kind !== 'restart');
        const { records } = runWindows(operators(windows)(mergedNumbers), undisturbed, { fireLimit, restartAfter: 7 });
        const times = records.map(({ timestampMs }) => timestampMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });
});
