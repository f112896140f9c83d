/** assignTimestampsAndWatermarks in the middle of a stream, against recorded Flink jobs. */
import type { WatermarkStrategy as Strategy } from '../../src/base/watermark-strategy.ts';
import { WatermarkStrategy } from '../../src/api/watermark-strategies.ts';
import { timestampsAndWatermarksOperator } from '../../src/operators/timestamps-and-watermarks-operator.ts';
import type { OutputLine } from '../support/golden-order.ts';
import { applyLine, feed, outputLine, replayHarness, testGoldenCase } from '../support/golden-replay.ts';
import type { Element, Replay, ReplayedJob } from '../support/golden-replay.ts';
import { EachRecordGenerator, PunctuatedGenerator } from '../support/golden-watermarks.ts';
import { dumpWindows } from '../support/golden-windows.ts';
import { OperatorHarness } from '../support/operator-harness.ts';

const strategies: Record<string, Strategy<Element>> = {
  'wm-monotonous': WatermarkStrategy.forMonotonousTimestamps<Element>(),
  'wm-bounded': WatermarkStrategy.forBoundedOutOfOrderness<Element>('5 ms'),
  'wm-no-watermarks': WatermarkStrategy.noWatermarks<Element>().withTimestampAssigner(({ v }: Element) => v * 100),
  'wm-assigner': WatermarkStrategy.forBoundedOutOfOrderness<Element>(0).withTimestampAssigner(
    ({ v }: Element, recordTimestampMs) => v * 100 + recordTimestampMs,
  ),
  'wm-punctuated': WatermarkStrategy.forGenerator<Element>(() => new PunctuatedGenerator()),
};

/** The case of one strategy, restored after every k-th record: not after a clock setting, because periods are counted anew. */
function strategyJob(strategy: Strategy<Element>, { restoreEvery }: Replay): ReplayedJob {
  const harness = new OperatorHarness({
    makeOperator: () => timestampsAndWatermarksOperator(strategy),
    autoWatermarkIntervalMs: 50,
  });
  let records = 0;
  return {
    apply: (line) => {
      applyLine(harness, line);
      if (line.value !== undefined && ++records % (restoreEvery ?? Number.POSITIVE_INFINITY) === 0) harness.restart();
      return harness.take().map(outputLine);
    },
    endOfInput: () => [],
  };
}

/**
 * Channels behind a restored operator begin anew: they are told its watermark again, and it is active until it is found idle once
 * more.
 */
const withoutRestores = (lines: OutputLine[], { restoreEvery }: Replay): OutputLine[] => {
  if (restoreEvery === undefined) return lines;
  let latest: OutputLine['watermark'];
  return lines.filter(({ status, watermark }) => {
    const isRepeated = watermark !== undefined && watermark === latest;
    latest = watermark ?? latest;
    return status === undefined && !isRepeated;
  });
};

const replays = [undefined, 1, 2, 3].map((restoreEvery): Replay => ({ fireLimit: 1, restoreEvery, parallelisms: [1] }));

for (const [name, strategy] of Object.entries(strategies)) {
  testGoldenCase(name, (replay) => strategyJob(strategy, replay), { replays, adapt: withoutRestores });
}

/** How long a stream was quiet is not restored. */
testGoldenCase(
  'wm-idleness-no-element',
  (replay) => strategyJob(WatermarkStrategy.forMonotonousTimestamps<Element>().withIdleness('120 ms'), replay),
  { replays: replays.slice(0, 1) },
);

/** A strategy in the middle of a job, in front of windows. */
testGoldenCase('wm-strategy-mid-job', (replay): ReplayedJob => {
  const strategy = WatermarkStrategy.forGenerator<Element>(() => new EachRecordGenerator()).withTimestampAssigner(({ v }: Element) => v);
  const assigner = replayHarness({ makeOperator: () => timestampsAndWatermarksOperator(strategy) }, replay);
  const windows = replayHarness(dumpWindows({ keepsLate: true }), replay);
  const passOn = (): OutputLine[] => {
    feed(windows, assigner.take());
    return windows.take().map(outputLine);
  };
  return {
    apply: (line) => {
      applyLine(assigner, line);
      return passOn();
    },
    endOfInput: () => {
      assigner.endOfInput();
      return passOn();
    },
  };
});
