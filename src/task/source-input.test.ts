import { describe, expect, it } from 'vitest';
import { WATERMARK_MAX } from '../base/event-time.ts';
import { checkpointId } from '../base/ids.ts';
import type { ReaderOutput, Source, SourceReader, SourceSplit } from '../base/source.ts';
import type { WatermarkStrategy } from '../base/watermark-strategy.ts';
import { memoryEnvironment } from '../../test/support/memory-environment.ts';
import { ChainOutput } from './chain-output.ts';
import { SourceInput } from './source-input.ts';

type Poll = (output: ReaderOutput<unknown>) => 'more' | 'nothing' | 'end';

interface FixtureOptions {
  readonly hasOrderedSplits?: boolean;
  readonly idleTimeoutMs?: number;
  /** Watermarks come right behind their records. */
  readonly isPunctuated?: boolean;
}

/** The highest timestamp, as it is. */
function ascending({ idleTimeoutMs, isPunctuated }: FixtureOptions): WatermarkStrategy<unknown> {
  return {
    timestampAssigner: undefined,
    idleTimeoutMs,
    createGenerator: () => {
      let highest = Number.NEGATIVE_INFINITY;
      return {
        onEvent: (timestampMs) => {
          highest = Math.max(highest, timestampMs);
          return isPunctuated === true ? highest : undefined;
        },
        current: () => highest,
        snapshot: () => highest,
        restore: (state) => {
          highest = Number(state);
        },
      };
    },
  };
}

function fixture(polls: readonly Poll[], options: FixtureOptions = {}) {
  const environment = memoryEnvironment();
  const events: string[] = [];
  let isFree = true;
  const script = [...polls];
  const splits = new Map<string, SourceSplit>();
  const reader: SourceReader<unknown, SourceSplit> = {
    start: () => {},
    addSplits: (added) => added.forEach((split) => splits.set(split.splitId, split)),
    noMoreSplits: () => {},
    poll: (output) => script.shift()?.(output) ?? 'end',
    snapshotState: () => [...splits.values()],
    close: () => {},
  };
  const output = new ChainOutput();
  output.connect({ push: (value, timestampMs) => events.push(`${String(value)}@${timestampMs}`) }, undefined);
  const input = new SourceInput({
    source: { hasOrderedSplits: options.hasOrderedSplits ?? false } as Source<unknown>,
    head: { name: 'numbers', uid: 'numbers' },
    reader,
    watermarks: ascending(options),
    output,
    environment,
    autoWatermarkIntervalMs: 200,
    freezeValues: false,
    isFull: () => !isFree,
    isWatermarkFree: () => isFree,
    onWatermark: (watermarkMs) => {
      events.push(`wm ${watermarkMs}`);
      isFree = false;
    },
    onStatus: (isIdle) => events.push(isIdle ? 'idle' : 'active'),
  });
  return { input, events, splits, environment, free: () => (isFree = true) };
}

const split = (splitId: string): SourceSplit => ({ splitId });

describe('SourceInput', () => {
  it('holds a watermark back while an earlier one is on its way, and sends the last one only', () => {
    const { input, events, free } = fixture([
      (output) => {
        output.collect('a', 'x', 5);
        output.splitFinished('a');
        return 'end';
      },
    ]);
    input.handleEvent({ kind: 'add-splits', splits: [split('a')] });
    expect(input.poll(10)).toBe(true);
    expect(events).toEqual(['x@5', 'wm 5']);
    expect(input.isEnded).toBe(false);
    free();
    expect(input.poll(10)).toBe(true);
    expect(events).toEqual(['x@5', 'wm 5', `wm ${WATERMARK_MAX}`]);
    expect(input.isEnded).toBe(true);
  });

  it('keeps the watermark of an ordered source below what is not assigned yet, and stays active between splits', () => {
    const { input, events, free } = fixture(
      [
        (output) => {
          output.collect('a', 'x', 50);
          return 'more';
        },
        (output) => {
          output.splitFinished('a');
          return 'nothing';
        },
      ],
      { hasOrderedSplits: true },
    );
    input.handleEvent({ kind: 'add-splits', splits: [split('a')] });
    input.handleEvent({ kind: 'unassigned-lower-bound', timestampMs: 20 });
    input.poll(10);
    input.onPeriod(0);
    expect(events).toEqual(['x@50', 'wm 19']);
    free();
    input.poll(10);
    input.onPeriod(200);
    expect(events).toEqual(['x@50', 'wm 19']);
    input.handleEvent({ kind: 'no-more-splits' });
    input.onPeriod(400);
    expect(events.at(-1)).toBe('idle');
  });

  it('is not idle before the enumerator has said that there is nothing for it', () => {
    const { input, events } = fixture([
      (output) => {
        output.collect('a', 'x', 5);
        output.splitFinished('a');
        return 'nothing';
      },
    ]);
    input.onPeriod(0);
    expect(events).toEqual([]);
    input.handleEvent({ kind: 'no-splits-yet' });
    input.onPeriod(200);
    expect(events).toEqual(['idle']);
    input.handleEvent({ kind: 'add-splits', splits: [split('a')] });
    input.poll(10);
    // It has asked for the next one.
    input.onPeriod(400);
    expect(events).toEqual(['idle', 'active', 'x@5', 'wm 5']);
    input.handleEvent({ kind: 'no-splits-yet' });
    input.onPeriod(600);
    expect(events.at(-1)).toBe('idle');
  });

  it('asks the generators once a period, by the clock that never goes back', () => {
    const { input, environment } = fixture([]);
    expect(input.untilPeriodMs).toBe(200);
    environment.advance(150);
    expect(input.untilPeriodMs).toBe(50);
    environment.advance(500);
    // However late it is, the next period begins now.
    expect(input.untilPeriodMs).toBe(0);
    input.onPeriod(environment.clock.monotonicMs());
    expect(input.untilPeriodMs).toBe(200);
    environment.clock.nowMs = () => 0;
    expect(input.untilPeriodMs).toBe(200);
    input.poll(1);
    expect(input.isEnded).toBe(true);
    expect(input.untilPeriodMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('sends the watermark of a record right behind it, and is full until that has passed', () => {
    const { input, events, free } = fixture(
      [
        (output) => {
          for (const timestampMs of [5, 7]) if (!output.isFull) output.collect('a', 'x', timestampMs);
          return 'more';
        },
        (output) => {
          output.collect('a', 'y', 8);
          return 'more';
        },
      ],
      { isPunctuated: true },
    );
    input.handleEvent({ kind: 'add-splits', splits: [split('a')] });
    input.poll(10);
    expect(events).toEqual(['x@5', 'wm 5']);
    free();
    input.poll(10);
    expect(events).toEqual(['x@5', 'wm 5', 'y@8', 'wm 8']);
    expect(input.recordsRead).toBe(2);
  });

  it('takes the lowest of its splits, without those that have been quiet for too long', () => {
    const { input, events, free } = fixture(
      [
        (output) => {
          output.collect('a', 'x', 10);
          output.collect('b', 'y', 30);
          return 'more';
        },
        (output) => {
          output.collect('b', 'z', 40);
          return 'more';
        },
        (output) => {
          output.collect('a', 'late starter', 20);
          return 'nothing';
        },
      ],
      { idleTimeoutMs: 300 },
    );
    const period = (nowMs: number): void => {
      free();
      input.onPeriod(nowMs);
    };
    input.handleEvent({ kind: 'add-splits', splits: [split('a'), split('b')] });
    input.poll(10);
    period(0);
    expect(events.splice(0)).toEqual(['x@10', 'y@30', 'wm 10']);
    free();
    input.poll(10);
    period(200);
    period(600);
    // a is quiet since the period at 200, b only since this one.
    expect(events.splice(0)).toEqual(['z@40', 'wm 40']);
    period(1000);
    expect(events.splice(0)).toEqual(['idle']);
    free();
    input.poll(10);
    period(1200);
    // As in Flink: active is who moves the watermark.
    expect(events).toEqual(['late starter@20']);
  });

  it('sends the idle status behind the watermark that waits, and the active one before the next', () => {
    const { input, events, free } = fixture(
      [
        (output) => {
          output.collect('a', 'x', 5);
          output.collect('b', 'y', 9);
          return 'more';
        },
      ],
      { isPunctuated: true, idleTimeoutMs: 0 },
    );
    input.handleEvent({ kind: 'add-splits', splits: [split('a'), split('b')] });
    input.poll(10);
    expect(events.splice(0)).toEqual(['x@5', 'y@9', 'wm 5']);
    // The chain is still busy with 5 when both splits become idle, and 9 is what remains.
    input.onPeriod(0);
    input.onPeriod(1);
    input.onPeriod(2);
    expect(events).toEqual([]);
    free();
    input.poll(10);
    expect(events).toEqual(['wm 9', 'idle']);
  });

  it('holds no position of splits once it has ended', () => {
    const { input, splits } = fixture([() => 'end']);
    splits.set('what the reader says', split('what the reader says'));
    input.poll(1);
    expect(input.snapshot(checkpointId(1))).toEqual([]);
  });

  it('refuses a split twice, and a reader that ends with splits open', () => {
    const { input } = fixture([]);
    input.handleEvent({ kind: 'add-splits', splits: [split('a')] });
    expect(() => input.handleEvent({ kind: 'add-splits', splits: [split('a')] })).toThrow(
      "Split 'a' was assigned twice",
    );
    expect(() => input.poll(1)).toThrow('The reader ended with 1 splits that are not finished');
  });

  it('restores the watermark of a split with its position', async () => {
    const first = fixture([
      (output) => {
        output.collect('a', 'x', 70);
        return 'more';
      },
    ]);
    first.input.handleEvent({ kind: 'add-splits', splits: [split('a')] });
    first.input.poll(10);
    const positions = first.input.snapshot(checkpointId(1));
    expect(positions).toEqual([{ split: split('a'), generator: 70, watermarkMs: Number.NEGATIVE_INFINITY }]);

    const second = fixture([]);
    await second.input.start(positions);
    second.input.onPeriod(0);
    expect(second.events).toEqual(['wm 70']);
    expect([...second.splits.keys()]).toEqual(['a']);
  });

  it('sends what its splits had come to again before the first record after a restore', async () => {
    const first = fixture([
      (output) => {
        output.collect('a', 'x', 70);
        output.collect('b', 'x', 50);
        return 'more';
      },
      (output) => {
        output.collect('a', 'y', 80);
        return 'more';
      },
    ]);
    first.input.handleEvent({ kind: 'add-splits', splits: [split('a'), split('b')] });
    first.input.poll(10);
    first.input.onPeriod(0);
    first.input.poll(10);
    expect(first.events).toEqual(['x@70', 'x@50', 'wm 50', 'y@80']);

    const second = fixture([
      (output) => {
        output.collect('b', 'z', 60);
        return 'more';
      },
    ]);
    await second.input.start(first.input.snapshot(checkpointId(1)));
    second.input.poll(10);
    expect(second.events).toEqual(['wm 50', 'z@60']);
  });
});
