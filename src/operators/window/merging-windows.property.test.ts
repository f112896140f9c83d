/** Sessions against a model that merges the windows of all records of a key anew for each record. */
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
import { OutputTag } from '../functions/output-tag.ts';
import { ProcessWindowFunction } from '../functions/process-window-function.ts';
import { EventTimeSessionWindows } from './event-time-session-windows.ts';
import type { TimeWindow } from './time-window.ts';
import { windowOperator } from './window-operator.ts';

interface ModelSession {
  readonly key: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly numbers: readonly number[];
}

class Numbers extends ProcessWindowFunction<NumberedRecord, ModelSession, number, TimeWindow> {
  process(key: number, ctx: this['Context'], elements: Iterable<NumberedRecord>, out: Collector<ModelSession>): void {
    const { startMs, endMs } = ctx.window;
    out.collect({ key, startMs, endMs, numbers: [...elements].map(({ n }) => n).sort((a, b) => a - b) });
  }
}

const gapOf = (n: number, longestMs: number): number => 1 + ((n * 7) % longestMs);

function modelled(steps: readonly WindowStep[], longestMs: number): { sessions: ModelSession[]; late: number[] } {
  let open: ModelSession[] = [];
  const fired: ModelSession[] = [];
  const late: number[] = [];
  let watermarkMs = FIRST_WATERMARK_MS;
  const fire = (): void => {
    const due = open.filter(({ endMs }) => endMs - 1 <= watermarkMs);
    fired.push(...due.sort((a, b) => a.endMs - b.endMs || a.key - b.key));
    open = open.filter((session) => !due.includes(session));
  };
  for (const [n, step] of steps.entries()) {
    if (step.kind === 'watermark') {
      watermarkMs += step.byMs;
      fire();
    }
    if (step.kind !== 'record') continue;
    const own = { startMs: step.timestampMs, endMs: step.timestampMs + gapOf(n, longestMs) };
    const met = open.filter(
      ({ key, startMs, endMs }) => key === step.key && startMs <= own.endMs && endMs >= own.startMs,
    );
    const merged: ModelSession = {
      key: step.key,
      startMs: Math.min(own.startMs, ...met.map(({ startMs }) => startMs)),
      endMs: Math.max(own.endMs, ...met.map(({ endMs }) => endMs)),
      numbers: [...met.flatMap(({ numbers }) => numbers), n].sort((a, b) => a - b),
    };
    if (merged.endMs - 1 <= watermarkMs) late.push(n);
    else open = [...open.filter((session) => !met.includes(session)), merged];
  }
  watermarkMs = Number.POSITIVE_INFINITY;
  fire();
  return { sessions: fired, late };
}

test('sessions that meet become one, and each comes out once', () => {
  fc.assert(
    fc.property(
      arbitrarySteps,
      fc.integer({ min: 1, max: 20 }),
      arbitraryDisturbance,
      (steps, longestMs, disturbance) => {
        const lateTag = new OutputTag<NumberedRecord>('late');
        const { records, dropped, entriesLeft } = runWindows(
          () =>
            windowOperator({
              assigner: EventTimeSessionWindows.withDynamicGap(({ n }: NumberedRecord) => gapOf(n, longestMs)),
              function: { kind: 'process', process: new Numbers() },
              key: byKey,
              allowedLatenessMs: 0,
              lateTag,
            }),
          steps,
          disturbance,
        );

        const expected = modelled(steps, longestMs);
        const byTimeAndKey = (a: ModelSession, b: ModelSession): number => a.endMs - b.endMs || a.key - b.key;
        const sessions = records.filter(({ out }) => out === 'main').map(({ value }) => value as ModelSession);
        expect(sessions.toSorted(byTimeAndKey)).toEqual(expected.sessions.toSorted(byTimeAndKey));
        const late = records.filter(({ out }) => out === 'late').map(({ value }) => (value as NumberedRecord).n);
        expect(late).toEqual(expected.late);
        expect([dropped, entriesLeft]).toEqual([0, 0]);
      },
    ),
    { numRuns: 300 },
  );
});
