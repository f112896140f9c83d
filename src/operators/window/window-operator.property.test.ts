import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  arbitraryDisturbance,
  arbitrarySteps,
  byKey,
  FIRST_WATERMARK_MS,
  runWindows,
} from '../../../test/support/window-steps.ts';
import type { NumberedRecord, WindowStep } from '../../../test/support/window-steps.ts';
import type { Collector } from '../functions/collector.ts';
import { ProcessWindowFunction } from '../functions/process-window-function.ts';
import type { TimeWindow } from './time-window.ts';
import { TumblingEventTimeWindows } from './tumbling-event-time-windows.ts';
import { windowOperator } from './window-operator.ts';

const SIZE_MS = 10;

class Numbers extends ProcessWindowFunction<NumberedRecord, string, number, TimeWindow> {
  process(key: number, ctx: this['Context'], elements: Iterable<NumberedRecord>, out: Collector<string>): void {
    out.collect(`${key} [${ctx.window.startMs}] ${[...elements].map(({ n }) => n).join(' ')}`);
  }
}

function modelled(steps: readonly WindowStep[]): { results: string[]; dropped: number } {
  const windows = new Map<string, number[]>();
  let watermarkMs = FIRST_WATERMARK_MS;
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
  const makeOperator = (): ReturnType<typeof windowOperator> =>
    windowOperator({
      assigner: TumblingEventTimeWindows.of(SIZE_MS),
      function: { kind: 'process', process: new Numbers() },
      key: byKey,
      allowedLatenessMs: 0,
    });
  fc.assert(
    fc.property(arbitrarySteps, arbitraryDisturbance, (steps, disturbance) => {
      const { records, dropped, entriesLeft } = runWindows(makeOperator, steps, disturbance);

      const expected = modelled(steps);
      expect(records.map(({ value }) => value as string).sort()).toEqual(expected.results);
      expect(dropped).toBe(expected.dropped);
      expect(entriesLeft).toBe(0);
    }),
  );
});
