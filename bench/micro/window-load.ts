/** Records of windows, and all that becomes of them: a window operator over int keys that are drawn evenly. */
import type { KeySpec } from '../../src/graph/stream-graph.ts';
import type { AggregateFunction } from '../../src/operators/functions/aggregate-function.ts';
import { EventTimeSessionWindows } from '../../src/operators/window/event-time-session-windows.ts';
import { SlidingEventTimeWindows } from '../../src/operators/window/sliding-event-time-windows.ts';
import type { TimeWindow } from '../../src/operators/window/time-window.ts';
import { TumblingEventTimeWindows } from '../../src/operators/window/tumbling-event-time-windows.ts';
import type { WindowAssigner } from '../../src/operators/window/window-assigner.ts';
import { windowOperator } from '../../src/operators/window/window-operator.ts';
import { keyGroupOf } from '../../src/state/key-groups.ts';
import { HarnessSubtask } from '../../test/support/harness-subtask.ts';

const MAX_PARALLELISM = 128;
const RECORDS_PER_WATERMARK = 1000;
const FIRINGS_PER_CALL = 16;
const LAG_MS = 1000;

export interface Bid {
  readonly auction: number;
}

export const count: AggregateFunction<Bid, number, number> = {
  createAccumulator: () => 0,
  add: (_, counted) => counted + 1,
  getResult: (counted) => counted,
  merge: (a, b) => a + b,
};

export interface Sums {
  count: number;
  sum: number;
}

export const sums: AggregateFunction<Bid, Sums, Sums> = {
  createAccumulator: () => ({ count: 0, sum: 0 }),
  add: ({ auction }, held) => {
    held.count++;
    held.sum += auction;
    return held;
  },
  getResult: (held) => held,
  merge: (a, b) => ({ count: a.count + b.count, sum: a.sum + b.sum }),
};

const byAuction: KeySpec = {
  // The operator is given bids only.
  selector: (bid) => (bid as Bid).auction,
  hash: undefined,
  hashId: undefined,
};

export interface WindowLoad {
  readonly assigner: WindowAssigner<Bid, TimeWindow>;
  readonly aggregate: AggregateFunction<Bid, unknown, unknown>;
  readonly keyCount: number;
  /** Records of one key in a second of event time. */
  readonly rate: number;
}

/** Takes so many records at each call. The watermark follows each 1,000, one second behind; returns the number of results so far. */
export function windowed({ assigner, aggregate, keyCount, rate }: WindowLoad): (records: number) => number {
  let results = 0;
  const factory = windowOperator({
    assigner,
    function: { kind: 'aggregate', aggregate },
    key: byAuction,
    allowedLatenessMs: 0,
  });
  const subtask = new HarnessSubtask({
    operator: factory.create(),
    key: byAuction,
    subtaskIndex: 0,
    parallelism: 1,
    maxParallelism: MAX_PARALLELISM,
    checkMutation: false,
    autoWatermarkIntervalMs: undefined,
    snapshot: undefined,
    emit: () => void results++,
    nowMs: () => 0,
  });
  const bids = Array.from({ length: keyCount }, (_, auction): Bid => ({ auction }));
  const groups = bids.map(({ auction }) => keyGroupOf(auction, MAX_PARALLELISM));
  const input = subtask.operator.input(0);
  const msPerRecord = 1000 / (rate * keyCount);
  let index = 0;
  let random = 1;
  const take = (records: number): void => {
    for (let left = records; left > 0; left--) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const at = Math.floor((random / 2 ** 32) * keyCount);
      const timestampMs = 1_700_000_000_000 + Math.floor(index++ * msPerRecord);
      input.processElement(bids[at], timestampMs, groups[at] ?? 0);
      if (index % RECORDS_PER_WATERMARK !== 0) continue;
      subtask.operator.processWatermark?.(timestampMs - LAG_MS);
      while (subtask.operator.fireDue?.(FIRINGS_PER_CALL) === false);
    }
  };
  return (records) => {
    subtask.call(() => take(records));
    return results;
  };
}

export const WINDOWS: Readonly<
  Record<string, { readonly rate: number; readonly assigner: () => WindowLoad['assigner'] }>
> = {
  tumbling: { rate: 2.5, assigner: () => TumblingEventTimeWindows.of('10 s') },
  sliding: { rate: 2.5, assigner: () => SlidingEventTimeWindows.of('10 s', '2 s') },
  session: { rate: 23, assigner: () => EventTimeSessionWindows.withGap(100) },
};
