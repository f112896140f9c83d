import { describe, expect, test } from 'vitest';
import { keyBy, OperatorHarness } from '../../test/support/operator-harness.ts';
import type { HarnessOptions } from '../../test/support/operator-harness.ts';
import { reducingState } from '../state/descriptors/reducing-state.ts';
import { valueState } from '../state/descriptors/value-state.ts';
import type { Collector } from './functions/collector.ts';
import { KeyedProcessFunction } from './functions/keyed-process-function.ts';
import { OutputTag } from './functions/output-tag.ts';
import { ProcessFunction } from './functions/process-function.ts';
import { keyedProcessOperator } from './keyed-process-operator.ts';
import { processOperator } from './process-operator.ts';

type Context = KeyedProcessFunction<string, string, unknown>['Context'];
type Call = (value: string, ctx: Context, out: Collector<unknown>) => unknown;

const byFirstLetter = keyBy((text: string) => text[0] ?? '');

/** A function of one line, and what it does at its timers. */
class Calling extends KeyedProcessFunction<string, string, unknown> {
  readonly #call: Call;

  constructor(call: Call) {
    super();
    this.#call = call;
  }

  processElement(value: string, ctx: this['Context'], out: Collector<unknown>): void {
    // A function that should not return anything may do so.
    return this.#call(value, ctx, out) as undefined;
  }
}

function harnessOf(
  makeFunction: () => KeyedProcessFunction<string, string, unknown>,
  options: Partial<HarnessOptions> = {},
): OperatorHarness {
  return new OperatorHarness({
    makeOperator: () => keyedProcessOperator(makeFunction(), byFirstLetter),
    key: byFirstLetter,
    ...options,
  });
}

const calling = (call: Call): OperatorHarness => harnessOf(() => new Calling(call));

describe('a keyed process function', () => {
  test('sees key, timestamp and watermark', () => {
    const seeing = calling((value, ctx, out) =>
      out.collect([
        value,
        ctx.currentKey,
        ctx.timestamp(),
        ctx.timerService.currentWatermark(),
        ctx.timerService.currentProcessingTime(),
      ]),
    );
    seeing.element('apple', 5);
    seeing.watermark(3);
    seeing.processingTime(77);
    seeing.element('bean');

    expect(seeing.takeValues()).toEqual([
      ['apple', 'a', 5, Number.NEGATIVE_INFINITY, 0],
      ['bean', 'b', null, 3, 77],
    ]);
  });

  test('has side outputs at records and timers, with the timestamp of the main output', () => {
    const side = new OutputTag<string>('side');
    class Siding extends KeyedProcessFunction<string, string, never> {
      processElement(value: string, ctx: this['Context']): void {
        ctx.output(side, value);
        ctx.timerService.registerEventTimeTimer(9);
        ctx.timerService.registerProcessingTimeTimer(9);
      }

      override onTimer(_: number, ctx: this['OnTimerContext']): void {
        ctx.output(side, `${ctx.currentKey} ${ctx.timeDomain}`);
      }
    }
    const harness = harnessOf(() => new Siding());
    harness.element('apple', 5);
    harness.watermark(9);
    harness.processingTime(9);

    expect(harness.take().filter(({ kind }) => kind === 'record')).toEqual([
      { kind: 'record', out: 'side', value: 'apple', timestampMs: 5 },
      { kind: 'record', out: 'side', value: 'a event-time', timestampMs: 9 },
      { kind: 'record', out: 'side', value: 'a processing-time', timestampMs: Number.NaN },
    ]);
    expect(harness.metric('numFiredTimers')).toBe(2);
  });

  test('may have timers and no onTimer', () => {
    const harness = calling((_, ctx) => ctx.timerService.registerEventTimeTimer(5));
    harness.element('apple', 1);
    harness.watermark(5);
    expect(harness.entryCount).toBe(0);
  });

  test.each([Number.NaN, 1.5, 2 ** 53])('cannot register a timer at %d', (timestampMs) => {
    const harness = calling((_, ctx) => ctx.timerService.registerEventTimeTimer(timestampMs));
    expect(() => harness.element('apple')).toThrow(expect.objectContaining({ code: 'TIMESTAMP_INVALID' }));
  });

  test('may not return a promise, at records or at timers', () => {
    expect(() => calling(async () => undefined).element('apple')).toThrow(
      expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }),
    );

    class Waiting extends KeyedProcessFunction<string, string, never> {
      processElement(_: string, ctx: this['Context']): void {
        ctx.timerService.registerEventTimeTimer(1);
      }

      override onTimer(): void {
        return Promise.resolve() as unknown as undefined; // as from JavaScript
      }
    }
    const harness = harnessOf(() => new Waiting());
    harness.element('apple');
    expect(() => harness.watermark(1)).toThrow(
      "Calling onTimer of operator 'operator under test' failed: it returned a promise",
    );
  });
});

describe('outside of its calls a keyed process function', () => {
  class Keeping extends KeyedProcessFunction<string, string, string> {
    readonly state = { last: valueState<string>('last') };
    kept:
      | { readonly ctx: KeyedProcessFunction<string, string, string>['Context']; readonly out: Collector<string> }
      | undefined;

    processElement(_: string, ctx: this['Context'], out: Collector<string>): void {
      this.kept = { ctx, out };
    }
  }
  const kept = new Keeping();
  const harness = harnessOf(() => kept);
  harness.element('apple', 1);

  test('cannot emit', () => {
    expect(() => kept.kept?.out.collect('late')).toThrow(expect.objectContaining({ code: 'EMIT_OUTSIDE_CALL' }));
    expect(() => kept.kept?.ctx.output(new OutputTag<string>('side'), 'late')).toThrow(
      expect.objectContaining({ code: 'EMIT_OUTSIDE_CALL' }),
    );
  });

  test('cannot use state', () => {
    expect(() => kept.state.last.value()).toThrow(expect.objectContaining({ code: 'STATE_ACCESS_OUTSIDE_CALL' }));
  });

  test('cannot register timers', () => {
    expect(() => kept.kept?.ctx.timerService.registerEventTimeTimer(9)).toThrow(
      expect.objectContaining({ code: 'STATE_ACCESS_OUTSIDE_CALL' }),
    );
  });
});

describe('declared states', () => {
  class Declaring extends KeyedProcessFunction<string, string, never> {
    state = {
      first: valueState<string>('first'),
      longest: reducingState<string>('longest', (a, b) => (a.length < b.length ? b : a)),
    };

    processElement(): void {}
  }

  test('are in the graph', () => {
    expect(keyedProcessOperator(new Declaring(), byFirstLetter)).toMatchObject({
      kind: 'keyed-process',
      isStateful: true,
      states: [
        { name: 'first', kind: 'value' },
        { name: 'longest', kind: 'reducing' },
      ],
    });
  });

  test('have names of their own', () => {
    class Twice extends KeyedProcessFunction<string, string, never> {
      state = { a: valueState<string>('same'), b: valueState<number>('same') };

      processElement(): void {}
    }
    expect(() => keyedProcessOperator(new Twice(), byFirstLetter)).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });

  test('need a key', () => {
    class Unkeyed extends ProcessFunction<string, never> {
      state = { a: valueState<string>('a') };

      processElement(): void {}
    }
    expect(() => processOperator(new Unkeyed())).toThrow('Using Unkeyed on a stream without keys failed');
  });
});

test('a watermark that was there before a restore and comes again fires nothing', () => {
  class Past extends KeyedProcessFunction<string, string, number> {
    processElement(_: string, ctx: this['Context']): void {
      ctx.timerService.registerEventTimeTimer(5);
    }

    override onTimer(timestampMs: number, _: this['OnTimerContext'], out: Collector<number>): void {
      out.collect(timestampMs);
    }
  }
  const options: HarnessOptions = {
    makeOperator: () => keyedProcessOperator(new Past(), byFirstLetter),
    key: byFirstLetter,
  };
  const harness = new OperatorHarness(options);
  harness.watermark(10);
  harness.element('apple');
  const restored = new OperatorHarness(options, harness.snapshot());

  restored.watermark(9);
  restored.watermark(10);
  expect(restored.takeValues()).toEqual([]);
  restored.watermark(11);
  expect(restored.takeValues()).toEqual([5]);
});
