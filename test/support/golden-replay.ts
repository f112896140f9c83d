/**
 * Replays recorded Flink cases through operators. A case is replayed several times: with timers fired one at a time, restored from
 * a snapshot after every k-th call (between two firings too), and at another parallelism after each restore where Flink gave the
 * same records at several. Nothing of that may show in the results.
 */
import { describe, expect, test } from 'vitest';
import { hasTimestamp, NO_TIMESTAMP } from '../../src/base/event-time.ts';
import type { EventTimeMs } from '../../src/base/event-time.ts';
import { InputWatermarks } from '../../src/exchange/input-watermarks.ts';
import { WatermarkMerger } from '../../src/exchange/watermark-merger.ts';
import { goldenCase, goldenRules } from './golden-case.ts';
import { normalised } from './golden-order.ts';
import type { OutputLine } from './golden-order.ts';
import { OperatorHarness } from './operator-harness.ts';
import type { Emitted, HarnessOptions } from './operator-harness.ts';

/** The records of the recordings. */
export interface Element {
  readonly k: string;
  readonly v: number;
  readonly id: string;
}

/** `MAX` and `MIN` are Flink's Long.MAX_VALUE and Long.MIN_VALUE. */
type GoldenTime = number | 'MAX' | 'MIN';

export interface InputLine {
  readonly input?: number;
  readonly ts?: GoldenTime | null;
  readonly value?: Element;
  readonly watermark?: GoldenTime;
  readonly idle?: true;
  readonly processingTime?: number;
}

/** One way of replaying a case. */
export interface Replay {
  readonly fireLimit: number;
  /** Undefined: no restores. */
  readonly restoreEvery: number | undefined;
  /** The first one to begin with, then the next one at each restore. */
  readonly parallelisms: readonly number[];
}

/** The job of a case, however many operators it has. Gives the lines that an input line, or the end of input, causes. */
export interface ReplayedJob {
  apply(line: InputLine): OutputLine[];
  endOfInput(): OutputLine[];
}

const UNLIMITED = Number.POSITIVE_INFINITY;

const SEQUENTIAL: readonly Replay[] = [
  { fireLimit: UNLIMITED, restoreEvery: undefined, parallelisms: [1] },
  { fireLimit: 1, restoreEvery: undefined, parallelisms: [1] },
  { fireLimit: UNLIMITED, restoreEvery: 1, parallelisms: [1] },
  { fireLimit: 1, restoreEvery: 1, parallelisms: [1] },
  { fireLimit: 2, restoreEvery: 3, parallelisms: [1] },
  { fireLimit: 1, restoreEvery: 7, parallelisms: [1] },
];

const PARALLEL: readonly Replay[] = [
  { fireLimit: UNLIMITED, restoreEvery: undefined, parallelisms: [2] },
  { fireLimit: 1, restoreEvery: 2, parallelisms: [1, 2, 3] },
  { fireLimit: 3, restoreEvery: 5, parallelisms: [4, 1] },
];

export interface ReplayOptions {
  /** Default: all that the case allows. */
  readonly replays?: readonly Replay[];
  /** Leaves out of the comparison what a restore changes by design. Applied to both sides. */
  readonly adapt?: (lines: OutputLine[], replay: Replay) => OutputLine[];
}

/** A test for each way of replaying the case. */
export function testGoldenCase(
  name: string,
  makeJob: (replay: Replay) => ReplayedJob,
  options: ReplayOptions = {},
): void {
  const rules = goldenRules(name);
  const { input, output } = goldenCase<InputLine, OutputLine>(name);
  const {
    replays = rules.checkedParallelisms.includes(2) ? [...SEQUENTIAL, ...PARALLEL] : SEQUENTIAL,
    adapt = (lines) => lines,
  } = options;
  describe(name, () => {
    test.each(replays.map((replay) => [describeReplay(replay), replay] as const))('%s', (_, replay) => {
      const job = makeJob(replay);
      const hasSteps = rules.runner === 'harness';
      const lines = input.flatMap((line, step) =>
        job.apply(line).map((caused) => (hasSteps ? { ...caused, step } : caused)),
      );
      if (!hasSteps) lines.push(...job.endOfInput());
      const isParallel = replay.parallelisms.some((parallelism) => parallelism > 1);
      expect(normalised(adapt(lines, replay), rules.order, isParallel)).toEqual(
        normalised(adapt([...output], replay), rules.order, isParallel),
      );
    });
  });
}

/** The job of most cases: one operator. */
export function operatorJob(options: HarnessOptions, replay: Replay): ReplayedJob {
  const harness = replayHarness(options, replay);
  return {
    apply: (line) => {
      applyLine(harness, line);
      return harness.take().map(outputLine);
    },
    endOfInput: () => {
      harness.endOfInput();
      return harness.take().map(outputLine);
    },
  };
}

/**
 * The job of a case with two inputs of one operator. `isUnion`: watermarks and idleness are those of a union. As at the scripted
 * sources of the recordings, an element or a watermark makes an idle input active again.
 */
export function twoInputJob(options: HarnessOptions, replay: Replay, isUnion: boolean): ReplayedJob {
  const harness = replayHarness(options, replay);
  const listener = {
    onWatermark: (watermarkMs: EventTimeMs) => harness.watermark(watermarkMs),
    onStatus: (isIdle: boolean) => harness.status(isIdle),
  };
  const watermarks = isUnion ? new WatermarkMerger(2, listener) : new InputWatermarks([0, 1], listener);
  return {
    apply: (line) => {
      const input = line.input ?? 0;
      watermarks.onStatus(input, line.idle === true);
      if (line.watermark !== undefined) watermarks.onWatermark(input, timeOf(line.watermark));
      else if (line.idle !== true) harness.element(line.value, timeOf(line.ts ?? null), input);
      return harness.take().map(outputLine);
    },
    endOfInput: () => {
      watermarks.onEndOfInput(0);
      watermarks.onEndOfInput(1);
      return harness.take().map(outputLine);
    },
  };
}

export function replayHarness(
  options: HarnessOptions,
  { fireLimit, restoreEvery, parallelisms }: Replay,
): OperatorHarness {
  let calls = 0;
  const afterStep = (harness: OperatorHarness): void => {
    calls++;
    if (restoreEvery === undefined || calls % restoreEvery !== 0) return;
    harness.restart(parallelisms[(calls / restoreEvery) % parallelisms.length]);
  };
  return new OperatorHarness({ ...options, fireLimit, afterStep, parallelism: parallelisms[0] ?? 1 });
}

export function applyLine(harness: OperatorHarness, line: InputLine): void {
  if (line.watermark !== undefined) harness.watermark(timeOf(line.watermark));
  else if (line.processingTime !== undefined) harness.processingTime(line.processingTime);
  else if (line.idle === true) harness.status(true);
  else harness.element(line.value, timeOf(line.ts ?? null));
}

/** Passes on what one operator emitted to the next one. */
export function feed(harness: OperatorHarness, emitted: readonly Emitted[]): void {
  for (const element of emitted) {
    if (element.kind === 'watermark') harness.watermark(element.watermarkMs);
    else if (element.kind === 'status') harness.status(element.isIdle);
    else if (element.out === 'main') harness.element(element.value, element.timestampMs);
  }
}

export function outputLine(emitted: Emitted): OutputLine {
  switch (emitted.kind) {
    case 'record':
      return { out: emitted.out, ts: goldenTime(emitted.timestampMs), value: goldenValue(emitted.value) };
    case 'watermark':
      return { watermark: goldenTime(emitted.watermarkMs) ?? 'MIN' };
    case 'status':
      return { status: emitted.isIdle ? 'idle' : 'active' };
  }
}

function timeOf(time: GoldenTime | null): EventTimeMs {
  if (time === null) return NO_TIMESTAMP;
  return time === 'MAX' ? Number.POSITIVE_INFINITY : time === 'MIN' ? Number.NEGATIVE_INFINITY : time;
}

function goldenTime(timeMs: EventTimeMs): GoldenTime | null {
  if (!hasTimestamp(timeMs)) return null;
  return timeMs === Number.POSITIVE_INFINITY ? 'MAX' : timeMs === Number.NEGATIVE_INFINITY ? 'MIN' : timeMs;
}

function goldenValue(value: unknown): unknown {
  if (typeof value === 'number') return goldenTime(value);
  if (Array.isArray(value)) return value.map(goldenValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, goldenValue(field)]));
}

function describeReplay({ fireLimit, restoreEvery, parallelisms }: Replay): string {
  const restores = restoreEvery === undefined ? 'without restores' : `restored after every ${restoreEvery} calls`;
  return `${fireLimit} firings a call, ${restores}, parallelism ${parallelisms.join(', ')}`;
}
