import { describe, expect, test } from 'vitest';
import { keyBy, OperatorHarness } from '../../../test/support/operator-harness.ts';
import { mapState } from '../../state/descriptors/map-state.ts';
import { valueState } from '../../state/descriptors/value-state.ts';
import type { Collector } from '../functions/collector.ts';
import { ProcessWindowFunction } from '../functions/process-window-function.ts';
import type { TimeWindow } from './time-window.ts';
import { TumblingEventTimeWindows } from './tumbling-event-time-windows.ts';
import { windowOperator } from './window-operator.ts';

const byFirstLetter = keyBy((text: string) => text[0] ?? '');

class Counting extends ProcessWindowFunction<string, unknown, string, TimeWindow> {
  state = { firings: valueState<number>('firings', { default: 0 }) };
  windowState = { sizes: mapState<string, number>('sizes') };
  readonly cleared: unknown[] = [];

  process(key: string, ctx: this['Context'], elements: Iterable<string>, out: Collector<unknown>): void {
    const seenBefore = [...this.windowState.sizes.keys()];
    for (const element of elements) this.windowState.sizes.put(element, element.length);
    this.state.firings.update(this.state.firings.value() + 1);
    out.collect([key, ctx.window.startMs, this.state.firings.value(), seenBefore]);
  }

  override clear({ window }: this['Context']): void {
    this.cleared.push([window.startMs, ...this.windowState.sizes.entries()]);
  }
}

describe('states of a window function', () => {
  const counting = new Counting();
  const factory = windowOperator({
    assigner: TumblingEventTimeWindows.of(10),
    function: { kind: 'process', process: counting },
    key: byFirstLetter,
    allowedLatenessMs: 0,
  });
  const harness = new OperatorHarness({ makeOperator: () => factory, key: byFirstLetter });
  for (const [n, text] of ['ant', 'bee', 'asp'].entries()) harness.element(text, n * 5);
  harness.watermark(9);
  harness.watermark(19);

  test('are in the graph with the contents of the windows', () => {
    expect(factory.states).toEqual([
      { name: 'window-contents', kind: 'list' },
      { name: 'firings', kind: 'value' },
      { name: 'sizes', kind: 'map' },
    ]);
  });

  test('belong to the key over all its windows, or to the window alone', () => {
    expect(new Set(harness.takeValues())).toEqual(
      new Set([
        ['a', 0, 1, []],
        ['b', 0, 1, []],
        ['a', 10, 2, []],
      ]),
    );
  });

  test('of the window are there in clear, and gone after it', () => {
    expect(new Set(counting.cleared)).toEqual(
      new Set([
        [0, ['ant', 3]],
        [0, ['bee', 3]],
        [10, ['asp', 3]],
      ]),
    );
    // What is left is the two keys' count of firings.
    expect(harness.entryCount).toBe(2);
  });
});

test('the context of a window is there during the call only', () => {
  let kept: Counting['Context'] | undefined;
  class Keeping extends ProcessWindowFunction<string, never, string, TimeWindow> {
    process(_: string, ctx: this['Context']): void {
      kept = ctx;
    }
  }
  const harness = new OperatorHarness({
    key: byFirstLetter,
    makeOperator: () =>
      windowOperator({
        assigner: TumblingEventTimeWindows.of(10),
        function: { kind: 'process', process: new Keeping() },
        key: byFirstLetter,
        allowedLatenessMs: 0,
      }),
  });
  harness.element('ant', 1);
  harness.watermark(9);

  expect(() => kept?.window).toThrow('A window function asks for its window outside a call');
});

test('a window function may not return a promise', () => {
  class Waiting extends ProcessWindowFunction<string, never, string, TimeWindow> {
    process(): void {
      return Promise.resolve() as unknown as undefined; // as from JavaScript
    }
  }
  const harness = new OperatorHarness({
    key: byFirstLetter,
    makeOperator: () =>
      windowOperator({
        assigner: TumblingEventTimeWindows.of(10),
        function: { kind: 'process', process: new Waiting() },
        key: byFirstLetter,
        allowedLatenessMs: 0,
      }),
  });
  harness.element('ant', 1);

  expect(() => harness.watermark(9)).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
});
