/**
 * Whatever the order of records and watermarks, wherever the operator is restored and at whatever parallelism, and however few
 * windows fire in a call: each window's elements come out once, as a plain loop over the input groups them, and every other record
 * is dropped and counted. The model knows nothing of state, timers or restores.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyBy, OperatorHarness } from '../../../test/support/operator-harness.ts';
import type { Collector } from '../functions/collector.ts';
import { ProcessWindowFunction } from '../functions/process-window-function.ts';
import type { TimeWindow } from './time-window.ts';
import { TumblingEventTimeWindows } from './tumbling-event-time-windows.ts';
import { windowOperator } from './window-operator.ts';

type Step =
  | { readonly kind: 'record'; readonly key: number; readonly timestampMs: number }
  | { readonly kind: 'watermark'; readonly byMs: number }
  | { readonly kind: 'restart'; readonly parallelism: number };

const SIZE_MS = 10;
const byKey = keyBy(({ key }: { key: number }) => key);

class Numbers extends ProcessWindowFunction<{ n: number }, string, number, TimeWindow> {
  process(key: number, ctx: this['Context'], elements: Iterable<{ n: number }>, out: Collector<string>): void {
    out.collect(`${key} [${ctx.window.startMs}] ${[...elements].map(({ n }) => n).join(' ')}`);
  }
}

const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('record' as const),
      key: fc.nat(4),
      timestampMs: fc.integer({ min: -20, max: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('watermark' as const), byMs: fc.integer({ min: 1, max: 15 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restart' as const), parallelism: fc.integer({ min: 1, max: 5 }) }),
  },
);

function modelled(steps: readonly Step[]): { results: string[]; dropped: number } {
  const windows = new Map<string, number[]>();
  let watermarkMs = -20;
  let dropped = 0;
  for (const [n, step] of steps.entries()) {
    if (step.kind === 'watermark') watermarkMs += step.byMs;
    if (step.kind !== 'record') continue;
    const startMs = Math.floor(step.timestampMs / SIZE_MS) * SIZE_MS;
    const name = `${step.key} [${startMs}]`;
    if (startMs + SIZE_MS - 1 <= watermarkMs) dropped++;
    else windows.set(name, [...(windows.get(name) ?? []), n]);
  }
  return { results: [...windows].map(([name, numbers]) => `${name} ${numbers.join(' ')}`).sort(), dropped };
}

test('each window comes out once, with its elements in order', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryStep, { maxLength: 80 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(6),
      (steps, fireLimit, restartAfter) => {
        let calls = 0;
        let dropped = 0;
        const harness = new OperatorHarness({
          key: byKey,
          fireLimit,
          maxParallelism: 8,
          makeOperator: () =>
            windowOperator({
              assigner: TumblingEventTimeWindows.of(SIZE_MS),
              function: { kind: 'process', process: new Numbers() },
              key: byKey,
              allowedLatenessMs: 0,
            }),
          afterStep: (running) => {
            if (++calls % 7 !== restartAfter) return;
            dropped += running.metric('numLateRecordsDropped');
            running.restart();
          },
        });
        let watermarkMs = -20;
        harness.watermark(watermarkMs);
        for (const [n, step] of steps.entries()) {
          if (step.kind === 'record') harness.element({ key: step.key, n }, step.timestampMs);
          else if (step.kind === 'watermark') harness.watermark((watermarkMs += step.byMs));
          else {
            dropped += harness.metric('numLateRecordsDropped');
            harness.restart(step.parallelism);
          }
        }
        harness.endOfInput();

        const expected = modelled(steps);
        expect((harness.takeValues() as string[]).sort()).toEqual(expected.results);
        expect(dropped + harness.metric('numLateRecordsDropped')).toBe(expected.dropped);
        expect(harness.entryCount).toBe(0);
      },
    ),
  );
});
