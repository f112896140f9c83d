/** Event-time windows against recorded Flink jobs. */
import { describe, expect, test } from 'vitest';
import { isEventTime } from '../../src/base/event-time.ts';
import { WatermarkMerger } from '../../src/exchange/watermark-merger.ts';
import { fieldAggregation } from '../../src/operators/field-aggregation.ts';
import type { FieldAggregation } from '../../src/operators/field-aggregation.ts';
import { windowStartMs } from '../../src/operators/window/window-start.ts';
import { goldenCase } from '../support/golden-case.ts';
import { countAndSum, DumpResult, DumpSorted, joinIds, mergedCountAndSum, SideDump } from '../support/golden-window-functions.ts';
import type { OutputLine } from '../support/golden-order.ts';
import { applyLine, feed, operatorJob, outputLine, replayHarness, testGoldenCase } from '../support/golden-replay.ts';
import type { Element, InputLine, Replay, ReplayedJob } from '../support/golden-replay.ts';
import { dumpWindows, windows } from '../support/golden-windows.ts';
import type { ElementWindows, WindowCase } from '../support/golden-windows.ts';
import { OperatorHarness } from '../support/operator-harness.ts';
import type { HarnessOptions } from '../support/operator-harness.ts';

const aggregated = (aggregation: FieldAggregation) => (): ElementWindows => ({
  kind: 'reduce',
  reduce: fieldAggregation<Element>(aggregation),
});

function sessions(windowCase: WindowCase): HarnessOptions {
  return windows(() => ({ kind: 'process', process: new DumpSorted() }), windowCase);
}

function aggregatedAndMerged(windowCase: WindowCase): HarnessOptions {
  return windows(
    () => ({ kind: 'aggregate', aggregate: mergedCountAndSum, process: new DumpResult('agg') }),
    windowCase,
  );
}

const cases: Record<string, HarnessOptions> = {
  'tumbling-basic': dumpWindows(),
  'tumbling-offset': dumpWindows({ offset: 3 }),
  'tumbling-negative-offset': dumpWindows({ offset: -4 }),
  'tumbling-late-side-output': dumpWindows({ keepsLate: true }),
  'tumbling-reduce': windows(() => ({ kind: 'reduce', reduce: joinIds })),
  'tumbling-reduce-process': windows(() => ({ kind: 'reduce', reduce: joinIds, process: new DumpResult('reduced') })),
  'tumbling-aggregate-process': windows(() => ({ kind: 'aggregate', aggregate: countAndSum, process: new DumpResult('agg') })),
  'tumbling-sum': windows(aggregated({ kind: 'sum', field: 'v' })),
  'tumbling-min': windows(aggregated({ kind: 'min', field: 'v' })),
  'tumbling-max': windows(aggregated({ kind: 'max', field: 'v' })),
  'sliding-basic': dumpWindows({ slide: 5 }),
  'sliding-gaps': dumpWindows({ size: 4, slide: 10, keepsLate: true }),
  'sliding-partly-late': dumpWindows({ slide: 5, keepsLate: true }),
  'sliding-not-dividing': dumpWindows({ slide: 3 }),
  'sliding-offset-negative': dumpWindows({ slide: 4, offset: 1 }),
  'session-basic': sessions({ gap: 10 }),
  'session-bridge': sessions({ gap: 10 }),
  'session-late': sessions({ gap: 10, keepsLate: true }),
  'session-bridge-aggregate': aggregatedAndMerged({ gap: 10 }),
  'fuzz-session-dynamic-1': aggregatedAndMerged({ gap: ({ v }) => v + 1, keepsLate: true }),
  'process-window-side-output': windows(() => ({ kind: 'process', process: new SideDump() })),
};

for (const [name, options] of Object.entries(cases)) testGoldenCase(name, (replay) => operatorJob(options, replay));

describe('sliding windows of an aggregate that has merge', () => {
  testGoldenCase('sliding-aggregate-process', (replay) => operatorJob(aggregatedAndMerged({ slide: 5 }), replay));
});

describe('sliding windows of an aggregate that has none', () => {
  const options = windows(
    () => ({ kind: 'aggregate', aggregate: countAndSum, process: new DumpResult('agg') }),
    { slide: 5 },
  );
  testGoldenCase('sliding-aggregate-process', (replay) => operatorJob(options, replay));
});

describe('a reduce of sessions, whose order depends on how they were merged', () => {
  const options = windows(() => ({ kind: 'reduce', reduce: joinIds }), { gap: 10 });
  testGoldenCase('session-bridge-reduce', (replay) => operatorJob(options, replay), { adapt: (lines) => lines.map(withSortedIds) });
});

function withSortedIds(line: OutputLine): OutputLine {
  const { value } = line;
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string') return line;
  return { ...line, value: { ...value, id: value.id.split('+').sort().join('+') } };
}

describe('jobs of more than one operator', () => {
  testGoldenCase('tumbling-chained-windows', (replay) => chainedWindows(replay));
  testGoldenCase('window-on-union', (replay) => windowOnUnion(replay));
});

/** 10 ms sums, and on their results again 10 ms and 30 ms. */
function chainedWindows(replay: Replay): ReplayedJob {
  const sums = replayHarness(windows(aggregated({ kind: 'sum', field: 'v' })), replay);
  const tens = replayHarness(dumpWindows(), replay);
  const thirties = replayHarness(dumpWindows({ size: 30 }), replay);
  const passOn = (): OutputLine[] => {
    const results = sums.take();
    feed(tens, results);
    feed(thirties, results);
    // What the recording has of the second of two ends of the job is its records.
    const fromThirties = thirties.take().map(outputLine).filter(({ out }) => out === 'main');
    return [...tens.take().map(outputLine), ...fromThirties.map((line) => ({ ...line, out: 'thirty' }))];
  };
  return {
    apply: (line) => {
      applyLine(sums, line);
      return passOn();
    },
    endOfInput: () => {
      sums.endOfInput();
      return passOn();
    },
  };
}

/** Two inputs of one operator: lateness is judged by the merged watermark. */
function windowOnUnion(replay: Replay): ReplayedJob {
  const harness = replayHarness(dumpWindows({ keepsLate: true }), replay);
  const merger = new WatermarkMerger(2, {
    onWatermark: (watermarkMs) => harness.watermark(watermarkMs),
    onStatus: (isIdle) => harness.status(isIdle),
  });
  return {
    apply: (line) => {
      const input = line.input ?? 0;
      if (line.idle === true) merger.onStatus(input, true);
      else if (typeof line.watermark === 'number') merger.onWatermark(input, line.watermark);
      else {
        merger.onStatus(input, false);
        applyLine(harness, line);
      }
      return harness.take().map(outputLine);
    },
    endOfInput: () => {
      merger.onEndOfInput(0);
      merger.onEndOfInput(1);
      return harness.take().map(outputLine);
    },
  };
}

test('window-no-timestamp: a record without timestamp fails the job', () => {
  const harness = new OperatorHarness(dumpWindows());
  const [line] = goldenCase<InputLine, unknown>('window-no-timestamp').input;

  expect(() => harness.element(line?.value)).toThrow(expect.objectContaining({ code: 'TIMESTAMP_MISSING' }));
});

/** Each line is a key, each of its windows a record that asks for it. Windows without length are no record's. */
test('merge-windows: windows that intersect or touch become one', () => {
  interface Line {
    readonly windows: readonly (readonly [number, number])[];
    readonly merges: readonly { readonly into: readonly [number, number]; readonly from: readonly unknown[] }[];
  }
  const hasTime = ([start, end]: readonly [number, number]): boolean => start < end;
  const lines = goldenCase<unknown, Line>('merge-windows').output.filter(({ windows: all }) => all.every(hasTime));
  const harness = new OperatorHarness(sessions({ gap: ({ v }) => v }));
  for (const [index, { windows: ofKey }] of lines.entries()) {
    for (const [start, end] of ofKey) harness.element({ k: `${index}`, v: end - start, id: '' }, start);
  }
  harness.endOfInput();
  const results = harness.takeValues() as { key: string; start: number; end: number; vs: unknown[] }[];

  expect(lines.length).toBeGreaterThan(5);
  for (const [index, { merges }] of lines.entries()) {
    const merged = results.filter(({ key, vs }) => key === `${index}` && vs.length > 1);
    expect(merged.map(({ start, end, vs }) => [start, end, vs.length])).toEqual(
      merges.map(({ into: [start, end], from }) => [start, end, from.length]),
    );
  }
});

/** Exact up to 2^53; beyond, Flink's 64-bit arithmetic goes on (and wraps around), where ours has no event times any more. */
test('window-start: the start of the window of a timestamp', () => {
  interface Line {
    readonly ts: unknown;
    readonly offset: number;
    readonly size: number;
    readonly start: unknown;
  }
  const lines = goldenCase<unknown, Line>('window-start').output.filter(({ ts }) => isEventTime(ts));

  expect(lines.length).toBeGreaterThan(390);
  for (const { ts, offset, size, start } of lines) expect(windowStartMs(Number(ts), offset, size)).toBe(start);
});
