/** Connected streams and window joins against recorded Flink jobs. */
import type { OperatorFactory } from '../../src/base/operator.ts';
import { coMapOperator } from '../../src/operators/co-map-operator.ts';
import { FlatJoinFunction } from '../../src/operators/functions/join-function.ts';
import type { Collector } from '../../src/operators/functions/collector.ts';
import { coGroupedFunction, joinedFunction } from '../../src/operators/join/co-grouped-window-function.ts';
import type { CoGroupedFunction } from '../../src/operators/join/co-grouped-window-function.ts';
import { keyedCoProcessOperator } from '../../src/operators/keyed-co-process-operator.ts';
import { EventTimeSessionWindows } from '../../src/operators/window/event-time-session-windows.ts';
import { SlidingEventTimeWindows } from '../../src/operators/window/sliding-event-time-windows.ts';
import { TumblingEventTimeWindows } from '../../src/operators/window/tumbling-event-time-windows.ts';
import type { Window, WindowAssigner } from '../../src/operators/window/window-assigner.ts';
import { windowOperator } from '../../src/operators/window/window-operator.ts';
import { testGoldenCase, twoInputJob } from '../support/golden-replay.ts';
import type { Element, Replay, ReplayedJob } from '../support/golden-replay.ts';
import { groupedValues, joinedValues, SharedSum, taggedValues } from '../support/golden-two-input-functions.ts';
import { keyBy } from '../support/operator-harness.ts';

const byK = keyBy((element: Element) => element.k);
const tens = (): WindowAssigner<unknown, Window> => TumblingEventTimeWindows.of(10);
const overlapping = (): WindowAssigner<unknown, Window> => SlidingEventTimeWindows.of(10, 5);
const sessions = (): WindowAssigner<unknown, Window> => EventTimeSessionWindows.withGap(5);

function connected(makeOperator: () => OperatorFactory, isKeyed: boolean): (replay: Replay) => ReplayedJob {
  return (replay) => twoInputJob({ makeOperator, ...(isKeyed ? { key: byK, secondKey: byK } : {}) }, replay, false);
}

/** In Flink a union of both streams in one window operator. */
function windowed(
  makeAssigner: () => WindowAssigner<unknown, Window>,
  makeFunction: () => CoGroupedFunction<unknown>,
): (replay: Replay) => ReplayedJob {
  const makeOperator = (): OperatorFactory =>
    windowOperator({
      assigner: makeAssigner(),
      function: { kind: 'co-group', process: makeFunction() },
      key: byK,
      secondKey: byK,
      allowedLatenessMs: 0,
    });
  return (replay) => twoInputJob({ makeOperator, key: byK, secondKey: byK }, replay, true);
}

/** The same as joinedValues. */
class FlatJoin extends FlatJoinFunction<Element, Element, unknown> {
  override join(left: Element, right: Element, out: Collector<unknown>): void {
    out.collect(joinedValues(left, right));
  }
}

/** Statuses are those of inputs, which begin anew when their subtask is restored. */
const once: { readonly replays: readonly Replay[] } = {
  replays: [{ fireLimit: Number.POSITIVE_INFINITY, restoreEvery: undefined, parallelisms: [1] }],
};

testGoldenCase('connect-all-idle-slow-last', connected(() => coMapOperator(taggedValues), false), once);
testGoldenCase('connect-idleness-catch-up', connected(() => coMapOperator(taggedValues), false), once);
testGoldenCase('connect-keyed-coprocess', connected(() => keyedCoProcessOperator(new SharedSum(), [byK, byK]), true));

testGoldenCase('window-join-tumbling', windowed(tens, () => joinedFunction(joinedValues)));
testGoldenCase('window-join-tumbling', windowed(tens, () => joinedFunction(new FlatJoin())));
testGoldenCase('window-join-sliding', windowed(overlapping, () => joinedFunction(joinedValues)));
for (const name of ['window-join-session', 'fuzz-session-join-1', 'fuzz-session-join-2', 'fuzz-session-join-3']) {
  testGoldenCase(name, windowed(sessions, () => joinedFunction(joinedValues)));
}
testGoldenCase('cogroup-tumbling', windowed(tens, () => coGroupedFunction(groupedValues)));
