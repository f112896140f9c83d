import { describe, expect, test } from 'vitest';
import { OperatorHarness } from '../../test/support/operator-harness.ts';
import type { OperatorFactory } from '../base/operator.ts';
import { filterOperator } from './filter-operator.ts';
import { flatMapOperator } from './flat-map-operator.ts';
import type { Collector } from './functions/collector.ts';
import { OutputTag } from './functions/output-tag.ts';
import { ProcessFunction } from './functions/process-function.ts';
import { mapOperator } from './map-operator.ts';
import { processOperator } from './process-operator.ts';

function harnessOf(factory: OperatorFactory, checkMutation = true): OperatorHarness {
  return new OperatorHarness({ makeOperator: () => factory, checkMutation });
}

/** What a record does when a function of plain JavaScript, without types, handles it. */
function outcomeOf(factory: OperatorFactory, value: unknown = 1): unknown {
  try {
    const harness = harnessOf(factory);
    harness.element(value);
    return harness.takeValues();
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

/** A filter as a JavaScript user may write it. */
const untyped = (fn: () => unknown): ((value: unknown) => boolean) => fn as () => boolean;

describe('map', () => {
  test('emits one value for each, with the timestamp of the record', () => {
    const harness = harnessOf(mapOperator((value: number) => value * 2));

    harness.element(3, 17);
    harness.element(4);

    expect(harness.take()).toEqual([
      { kind: 'record', out: 'main', value: 6, timestampMs: 17 },
      { kind: 'record', out: 'main', value: 8, timestampMs: Number.NaN },
    ]);
  });

  test('takes an object with a map method, and calls it as one', () => {
    class Times {
      readonly factor: number = 3;

      map(value: number): number {
        return value * this.factor;
      }
    }
    const harness = harnessOf(mapOperator(new Times()));
    harness.element(2);
    expect(harness.takeValues()).toEqual([6]);
  });

  test('refuses a promise', () => {
    expect(outcomeOf(mapOperator(async (value: number) => value))).toBe('PROMISE_NOT_ALLOWED');
  });

  test('emits null and undefined like any value', () => {
    expect(outcomeOf(mapOperator(() => null))).toEqual([null]);
    expect(outcomeOf(mapOperator(() => undefined))).toEqual([undefined]);
  });
});

describe('filter', () => {
  test('keeps what the function says yes to, the value and timestamp as they are', () => {
    const harness = harnessOf(filterOperator((value: { n: number }) => value.n > 1));
    const kept = { n: 2 };

    harness.element({ n: 1 }, 5);
    harness.element(kept, 6);

    expect(harness.take()).toEqual([{ kind: 'record', out: 'main', value: kept, timestampMs: 6 }]);
  });

  test('refuses a promise, also one of another library, because it would count as yes', () => {
    expect(outcomeOf(filterOperator(untyped(async () => false)))).toBe('PROMISE_NOT_ALLOWED');
    // oxlint-disable-next-line unicorn/no-thenable
    expect(outcomeOf(filterOperator(untyped(() => ({ then: () => false }))))).toBe('PROMISE_NOT_ALLOWED');
  });

  test.each([
    [1, [7]],
    ['', []],
    [undefined, []],
    [null, []],
    [{}, [7]],
  ])('takes %j as JavaScript takes it', (result, expected) => {
    expect(outcomeOf(filterOperator(untyped(() => result)), 7)).toEqual(expected);
  });
});

describe('flatMap', () => {
  test('emits what the function collects, in order, with the timestamp of the record', () => {
    const harness = harnessOf(
      flatMapOperator((line: string, out: Collector<string>) => {
        for (const word of line.split(' ')) out.collect(word);
      }),
    );

    harness.element('to be', 1);
    harness.element('or', 2);

    expect(harness.take().map((emitted) => emitted.kind === 'record' && [emitted.value, emitted.timestampMs])).toEqual([
      ['to', 1],
      ['be', 1],
      ['or', 2],
    ]);
  });

  test('refuses a promise and an array as result: neither would be emitted', () => {
    expect(outcomeOf(flatMapOperator(() => Promise.resolve() as unknown as undefined))).toBe('PROMISE_NOT_ALLOWED');
    expect(outcomeOf(flatMapOperator((value: number) => [value]))).toBe('USER_FUNCTION_FAILED');
  });

  test('lets other results pass, as of an expression that ends in collect', () => {
    expect(
      outcomeOf(flatMapOperator((value: number, out: Collector<number>) => value > 5 && out.collect(value))),
    ).toEqual([]);
  });

  test('notices a collector that is used outside a call', () => {
    let kept: Collector<number> | undefined;
    const harness = harnessOf(flatMapOperator((_value: number, out: Collector<number>) => void (kept = out)));
    harness.element(1);

    expect(() => kept?.collect(2)).toThrow(expect.objectContaining({ code: 'EMIT_OUTSIDE_CALL' }));
    expect(harness.takeValues()).toEqual([]);
  });
});

describe('process without keys', () => {
  const side = new OutputTag<string>('side');

  class Split extends ProcessFunction<number, number> {
    processElement(value: number, ctx: this['Context'], out: Collector<number>): void {
      if (value < 0) ctx.output(side, `${value} at ${ctx.timestamp()}`);
      else out.collect(value);
    }
  }

  test('has side outputs, with the timestamp of the record', () => {
    const harness = harnessOf(processOperator(new Split()));

    harness.element(-1, 4);
    harness.element(1, 5);

    expect(harness.take()).toEqual([
      { kind: 'record', out: 'side', value: '-1 at 4', timestampMs: 4 },
      { kind: 'record', out: 'main', value: 1, timestampMs: 5 },
    ]);
  });

  test('refuses a promise', () => {
    class Waiting extends ProcessFunction<number, number> {
      processElement(): void {
        return Promise.resolve() as unknown as undefined; // as from JavaScript
      }
    }
    expect(outcomeOf(processOperator(new Waiting()))).toBe('PROMISE_NOT_ALLOWED');
  });
});

describe('with checkMutation', () => {
  test('values that functions are given are frozen', () => {
    expect(
      outcomeOf(
        mapOperator((value: { n: number }) => {
          value.n++;
          return value;
        }),
        { n: 1 },
      ),
    ).toBeInstanceOf(TypeError);
    expect(
      outcomeOf(
        filterOperator((value: { n: number }) => ++value.n > 0),
        { n: 1 },
      ),
    ).toBeInstanceOf(TypeError);
  });

  test('values that functions emitted are frozen', () => {
    const results: { n: number }[] = [];
    const keep = (n: number): { n: number } => {
      const result = { n };
      results.push(result);
      return result;
    };
    harnessOf(mapOperator(keep)).element(1);
    harnessOf(flatMapOperator((n: number, out: Collector<unknown>) => out.collect(keep(n)))).element(2);

    expect(results.map((result) => Object.isFrozen(result))).toEqual([true, true]);
  });

  test('without it nothing is frozen', () => {
    const value = { n: 1 };
    const harness = harnessOf(
      mapOperator((given: { n: number }) => given),
      false,
    );
    harness.element(value);
    expect(Object.isFrozen(value)).toBe(false);
  });
});
