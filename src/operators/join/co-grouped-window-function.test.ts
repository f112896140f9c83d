import { describe, expect, test } from 'vitest';
import { keyBy, OperatorHarness } from '../../../test/support/operator-harness.ts';
import type { Collector } from '../functions/collector.ts';
import { FlatJoinFunction } from '../functions/join-function.ts';
import type { RichFunction } from '../functions/rich-function.ts';
import type { RuntimeContext } from '../functions/runtime-context.ts';
import { TumblingEventTimeWindows } from '../window/tumbling-event-time-windows.ts';
import { windowOperator } from '../window/window-operator.ts';
import { coGroupedFunction, joinedFunction } from './co-grouped-window-function.ts';
import type { CoGroupedFunction } from './co-grouped-window-function.ts';

type Left = readonly [key: string, n: number];
type Right = { readonly of: string; readonly n: number };

const leftKey = keyBy(([key]: Left) => key);
const rightKey = keyBy(({ of }: Right) => of);

/** Windows of 10 ms. */
function windowsOf<Out>(makeFunction: () => CoGroupedFunction<Out>): OperatorHarness {
  return new OperatorHarness({
    makeOperator: () =>
      windowOperator({
        assigner: TumblingEventTimeWindows.of(10),
        function: { kind: 'co-group', process: makeFunction() },
        key: leftKey,
        secondKey: rightKey,
        allowedLatenessMs: 0,
      }),
    key: leftKey,
    secondKey: rightKey,
  });
}

const left = (harness: OperatorHarness, key: string, n: number, timeMs: number = n): void =>
  harness.element([key, n], timeMs, 0);
const right = (harness: OperatorHarness, key: string, n: number, timeMs: number = n): void =>
  harness.element({ of: key, n }, timeMs, 1);

const untyped = (fn: () => unknown): (() => never) => fn as () => never;

describe('windows of two streams', () => {
  const pairs = (): OperatorHarness => windowsOf(() => joinedFunction(([, a]: Left, { n: b }: Right) => `${a}${b}`));

  test('leave nothing behind when they have fired, whichever sides they had', () => {
    const harness = pairs();
    for (const key of ['a', 'b']) left(harness, key, 1);
    for (const key of ['b', 'c']) right(harness, key, 2);
    expect(harness.entryCount).toBe(4);
    harness.watermark(9);
    expect(harness.entryCount).toBe(0);
    expect(harness.takeValues()).toEqual(['12']);
  });

  test('fire once, with the last moment of the window as timestamp', () => {
    const harness = pairs();
    right(harness, 'a', 1);
    left(harness, 'a', 2);
    right(harness, 'a', 3);
    harness.watermark(8);
    expect(harness.takeValues()).toEqual([]);
    harness.watermark(9);
    expect(harness.take()).toEqual([
      { kind: 'record', out: 'main', value: '21', timestampMs: 9 },
      { kind: 'record', out: 'main', value: '23', timestampMs: 9 },
      { kind: 'watermark', watermarkMs: 9 },
    ]);
    expect(harness.metric('numFiredTimers')).toBe(1);
  });

  test('drop and count late values of both sides', () => {
    const harness = pairs();
    harness.watermark(9);
    left(harness, 'a', 1);
    right(harness, 'a', 2);
    right(harness, 'a', 12);
    expect(harness.metric('numLateRecordsDropped')).toBe(2);
    harness.endOfInput();
    expect(harness.takeValues()).toEqual([]);
  });

  test('want timestamps on both sides', () => {
    const missing = expect.objectContaining({ code: 'TIMESTAMP_MISSING' });
    expect(() => pairs().element(['a', 1], Number.NaN, 0)).toThrow(missing);
    expect(() => pairs().element({ of: 'a', n: 1 }, Number.NaN, 1)).toThrow(missing);
  });

  test('keep values of both sides over a restore at another parallelism', () => {
    const keys = Array.from({ length: 12 }, (_, index) => `key ${index}`);
    const harness = windowsOf(() => joinedFunction(([key]: Left, { n }: Right) => `${key} ${n}`));
    for (const key of keys) left(harness, key, 1);
    harness.restart(3);
    for (const key of keys) right(harness, key, 2);
    harness.restart(2);
    harness.watermark(20);
    expect(new Set(harness.takeValues())).toEqual(new Set(keys.map((key) => `${key} 2`)));
  });
});

describe('the function of a join', () => {
  test('may be an object, which is called as one', () => {
    class Scaled {
      readonly factor: number = 10;
      join([, a]: Left, { n: b }: Right): number {
        return this.factor * a + b;
      }
    }
    const harness = windowsOf(() => joinedFunction(new Scaled()));
    left(harness, 'a', 1);
    right(harness, 'a', 2);
    harness.watermark(9);
    expect(harness.takeValues()).toEqual([12]);
  });

  test('emits any number of results as a FlatJoinFunction', () => {
    class Ordered extends FlatJoinFunction<Left, Right, string> {
      override join([, a]: Left, { n: b }: Right, out: Collector<string>): void {
        if (a > b) return;
        out.collect(`${a} <= ${b}`);
        out.collect(`${b} >= ${a}`);
      }
    }
    const harness = windowsOf(() => joinedFunction<Left, Right, string>(new Ordered()));
    for (const n of [1, 3]) left(harness, 'a', n);
    right(harness, 'a', 2);
    harness.watermark(9);
    expect(harness.takeValues()).toEqual(['1 <= 2', '2 >= 1']);
  });

  test('refuses promises, and arrays where results are collected', () => {
    class Late extends FlatJoinFunction<Left, Right, string> {
      readonly #result: unknown;
      constructor(result: unknown) {
        super();
        this.#result = result;
      }
      override join(): never {
        // What plain JavaScript may return.
        return this.#result as never;
      }
    }
    const outcomeOf = (fn: CoGroupedFunction<unknown>): unknown => {
      const harness = windowsOf(() => fn);
      left(harness, 'a', 1);
      right(harness, 'a', 2);
      try {
        harness.watermark(9);
      } catch (error) {
        return error;
      }
      return harness.takeValues();
    };
    const refused = (code: string, name: string): unknown =>
      expect.objectContaining({ code, message: expect.stringContaining(`Calling ${name} of operator`) });
    expect(outcomeOf(joinedFunction(untyped(async () => 1)))).toEqual(refused('PROMISE_NOT_ALLOWED', 'join'));
    expect(outcomeOf(joinedFunction(new Late(Promise.resolve())))).toEqual(refused('PROMISE_NOT_ALLOWED', 'join'));
    expect(outcomeOf(joinedFunction(new Late([1])))).toEqual(refused('USER_FUNCTION_FAILED', 'join'));
    expect(outcomeOf(coGroupedFunction(untyped(async () => 1)))).toEqual(refused('PROMISE_NOT_ALLOWED', 'coGroup'));
    expect(outcomeOf(coGroupedFunction(untyped(() => [1])))).toEqual(refused('USER_FUNCTION_FAILED', 'coGroup'));
  });
});

describe('the life of the function', () => {
  class Logged implements RichFunction<string> {
    readonly calls: string[] = [];
    open(ctx: RuntimeContext): void {
      this.calls.push(`open ${ctx.operatorName}`);
    }
    join = ([, a]: Left, { n: b }: Right): string => `${a}${b}`;
    coGroup = (_first: Iterable<Left>, _second: Iterable<Right>, out: Collector<string>): void => out.collect('group');
    finish(out: Collector<string>): void {
      out.collect('end');
    }
    close(): void {
      this.calls.push('close');
    }
  }

  test.each([
    ['join', joinedFunction<Left, Right, string>, ['12', 'end']],
    ['coGroup', coGroupedFunction<Left, Right, string>, ['group', 'end']],
  ] as const)('of %s is that of its operator', (_, wrap, results) => {
    const fn = new Logged();
    const harness = windowsOf(() => wrap(fn));
    left(harness, 'a', 1);
    right(harness, 'a', 2);
    harness.endOfInput();
    harness.close();
    expect(harness.takeValues()).toEqual(results);
    expect(fn.calls).toEqual(['open operator under test', 'close']);
  });

  test('begins once: an object that two operators share is refused', () => {
    const fn = new Logged();
    windowsOf(() => joinedFunction(fn));
    expect(() => windowsOf(() => joinedFunction(fn))).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });
});
