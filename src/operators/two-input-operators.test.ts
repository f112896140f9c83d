import { describe, expect, test } from 'vitest';
import { keyBy, OperatorHarness } from '../../test/support/operator-harness.ts';
import type { OperatorFactory } from '../base/operator.ts';
import { listState } from '../state/descriptors/list-state.ts';
import { valueState } from '../state/descriptors/value-state.ts';
import { coFlatMapOperator } from './co-flat-map-operator.ts';
import { coMapOperator } from './co-map-operator.ts';
import { coProcessOperator } from './co-process-operator.ts';
import { CoProcessFunction } from './functions/co-process-function.ts';
import type { Collector } from './functions/collector.ts';
import { KeyedCoProcessFunction } from './functions/keyed-co-process-function.ts';
import { OutputTag } from './functions/output-tag.ts';
import type { RichFunction } from './functions/rich-function.ts';
import { keyedCoProcessOperator } from './keyed-co-process-operator.ts';

type Left = readonly [key: string, n: number];
type Right = { readonly of: string; readonly n: number };

const leftKey = keyBy(([key]: Left) => key);
const rightKey = keyBy(({ of }: Right) => of);

function harnessOf(factory: OperatorFactory): OperatorHarness {
  return new OperatorHarness({ makeOperator: () => factory });
}

function keyedHarness<Out>(
  makeFunction: () => KeyedCoProcessFunction<string, Left, Right, Out>,
  parallelism = 1,
): OperatorHarness {
  return new OperatorHarness({
    makeOperator: () => keyedCoProcessOperator(makeFunction(), [leftKey, rightKey]),
    key: leftKey,
    secondKey: rightKey,
    parallelism,
  });
}

/** What a record of an input does when a function of plain JavaScript, without types, handles it. */
function outcomeOf(factory: OperatorFactory, inputIndex: number): unknown {
  try {
    const harness = harnessOf(factory);
    harness.element(1, 5, inputIndex);
    return harness.takeValues();
  } catch (error) {
    return error instanceof Error ? { code: 'code' in error ? error.code : undefined, message: error.message } : error;
  }
}

/** Functions as a JavaScript user may write them. */
const untyped = (fn: () => unknown): (() => never) => fn as () => never;

const both = (index: number): string => `${index + 1}`;

describe('functions of two inputs', () => {
  test('are called by the input that a record came through, and results have its timestamp', () => {
    const harness = harnessOf(coMapOperator({ map1: (n: number) => -n, map2: (text: string) => text.length }));
    harness.element(3, 17, 0);
    harness.element('abc', 18, 1);
    expect(harness.take()).toEqual([
      { kind: 'record', out: 'main', value: -3, timestampMs: 17 },
      { kind: 'record', out: 'main', value: 3, timestampMs: 18 },
    ]);
  });

  test('emit any number of values with flatMap', () => {
    const harness = harnessOf(
      coFlatMapOperator<number, string, string>({
        flatMap1: (n, out) => {
          for (let i = 0; i < n; i++) out.collect('x');
        },
        flatMap2: (text, out) => out.collect(text),
      }),
    );
    harness.element(2, 1, 0);
    harness.element(0, 1, 0);
    harness.element('y', 1, 1);
    expect(harness.takeValues()).toEqual(['x', 'x', 'y']);
  });

  test.each([0, 1])('refuse a promise from input %i', (index) => {
    const promise = untyped(async () => 1);
    const name = both(index);
    const map = coMapOperator({ map1: promise, map2: promise });
    expect(outcomeOf(map, index)).toMatchObject({
      code: 'PROMISE_NOT_ALLOWED',
      message: expect.stringContaining(`map${name} of operator`),
    });
    const flatMap = coFlatMapOperator({ flatMap1: promise, flatMap2: promise });
    expect(outcomeOf(flatMap, index)).toMatchObject({
      code: 'PROMISE_NOT_ALLOWED',
      message: expect.stringContaining(`flatMap${name} of operator`),
    });
    class Late extends CoProcessFunction<unknown, unknown, never> {
      override processElement1 = promise;
      override processElement2 = promise;
    }
    expect(outcomeOf(coProcessOperator(new Late()), index)).toMatchObject({
      code: 'PROMISE_NOT_ALLOWED',
      message: expect.stringContaining(`processElement${name} of operator`),
    });
  });

  test.each([0, 1])('refuse an array that flatMap returns for input %i instead of collecting', (index) => {
    const array = untyped(() => [1]);
    expect(outcomeOf(coFlatMapOperator({ flatMap1: array, flatMap2: array }), index)).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      message: expect.stringContaining(`flatMap${both(index)}`),
    });
  });

  test('live once for both inputs', () => {
    const calls: string[] = [];
    const life: RichFunction<number> = {
      open: () => void calls.push('open'),
      finish: (out) => out.collect(99),
      close: () => void calls.push('close'),
    };
    const harness = harnessOf(coMapOperator({ ...life, map1: (n: number) => n, map2: (n: number) => n }));
    harness.element(1, 1, 0);
    harness.element(2, 1, 1);
    harness.endOfInput();
    harness.close();
    expect(harness.takeValues()).toEqual([1, 2, 99]);
    expect(calls).toEqual(['open', 'close']);
  });
});

describe('a process function of two inputs without key', () => {
  const aside = new OutputTag<number>('aside');

  class Times extends CoProcessFunction<number, number, unknown> {
    override processElement1(n: number, ctx: this['Context'], out: Collector<unknown>): void {
      out.collect([n, ctx.timestamp(), ctx.timerService.currentWatermark()]);
    }
    override processElement2(n: number, ctx: this['Context']): void {
      ctx.output(aside, n);
    }
  }

  test('sees timestamps and the watermark, also after a restore, and has side outputs', () => {
    const harness = new OperatorHarness({ makeOperator: () => coProcessOperator(new Times()) });
    harness.element(1, 4, 0);
    harness.watermark(7);
    harness.restart();
    harness.element(2, 9, 0);
    harness.element(3, 9, 1);
    expect(harness.take().filter(({ kind }) => kind === 'record')).toEqual([
      { kind: 'record', out: 'main', value: [1, 4, Number.NEGATIVE_INFINITY], timestampMs: 4 },
      { kind: 'record', out: 'main', value: [2, 9, 7], timestampMs: 9 },
      { kind: 'record', out: 'aside', value: 3, timestampMs: 9 },
    ]);
  });

  test('may not declare state', () => {
    class Stateful extends Times {
      state = { seen: valueState<number>('seen') };
    }
    expect(() => coProcessOperator(new Stateful())).toThrow(
      expect.objectContaining({
        code: 'JOB_DEFINITION_INVALID',
        message: expect.stringContaining('extend KeyedCoProcessFunction'),
      }),
    );
  });
});

describe('a process function of two keyed inputs', () => {
  /** Pairs each right value with all left ones of its key. */
  class Pairs extends KeyedCoProcessFunction<string, Left, Right, string> {
    state = { lefts: listState<number>('lefts'), rights: listState<number>('rights') };

    override processElement1([, n]: Left, ctx: this['Context'], out: Collector<string>): void {
      this.state.lefts.add(n);
      for (const right of this.state.rights.get()) out.collect(`${ctx.currentKey} ${n} ${right}`);
    }

    override processElement2({ n }: Right, ctx: this['Context'], out: Collector<string>): void {
      this.state.rights.add(n);
      for (const left of this.state.lefts.get()) out.collect(`${ctx.currentKey} ${left} ${n}`);
    }
  }

  test('meets values of both inputs that have equal keys, also at another parallelism than before', () => {
    const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
    const harness = keyedHarness(() => new Pairs());
    for (const key of keys) harness.element([key, 1], 0, 0);
    harness.restart(3);
    for (const key of keys) harness.element({ of: key, n: 2 }, 0, 1);
    harness.restart(2);
    for (const key of keys) harness.element([key, 3], 0, 0);
    expect(harness.takeValues()).toEqual([...keys.map((key) => `${key} 1 2`), ...keys.map((key) => `${key} 3 2`)]);
  });

  test('has its key in state calls only', () => {
    const kept: Pairs[] = [];
    const harness = keyedHarness(() => {
      kept.push(new Pairs());
      return kept[kept.length - 1] ?? new Pairs();
    });
    harness.element(['a', 1], 0, 0);
    harness.element({ of: 'a', n: 1 }, 0, 1);
    for (const { state } of kept) expect(() => state.lefts.get()).toThrow();
  });

  class Forgetful extends KeyedCoProcessFunction<string, Left, Right, string> {
    state = { last: valueState<{ n: number }>('last', { default: { n: 0 } }) };
    readonly #changing: 1 | 2 | 'timer';

    constructor(changing: 1 | 2 | 'timer') {
      super();
      this.#changing = changing;
    }

    override processElement1(_: Left, ctx: this['Context']): void {
      this.state.last.update({ n: 1 });
      if (this.#changing === 1) this.state.last.value().n = 2;
      if (this.#changing === 'timer') ctx.timerService.registerEventTimeTimer(5);
    }

    override processElement2(): void {
      if (this.#changing === 2) this.state.last.value().n = 2;
    }

    override onTimer(): void {
      this.state.last.value().n = 2;
    }
  }

  test.each([1, 2, 'timer'] as const)('finds a value that was changed in place and not put back: %s', (changing) => {
    const harness = keyedHarness(() => new Forgetful(changing));
    expect(() => {
      harness.element(['a', 1], 0, 0);
      harness.element({ of: 'a', n: 1 }, 0, 1);
      harness.watermark(5);
    }).toThrow(expect.objectContaining({ code: 'VALUE_MUTATED' }));
  });

  test('refuses promises of the calls and of key selectors', () => {
    class Late extends KeyedCoProcessFunction<string, Left, Right, string> {
      override processElement1 = untyped(async () => 1);
      override processElement2 = untyped(async () => 1);
    }
    const refused = expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' });
    expect(() => keyedHarness(() => new Late()).element(['a', 1], 0, 0)).toThrow(refused);
    expect(() => keyedHarness(() => new Late()).element({ of: 'a', n: 1 }, 0, 1)).toThrow(refused);
    const asyncKey = keyBy(async ({ of }: Right) => of);
    const harness = new OperatorHarness({
      makeOperator: () => keyedCoProcessOperator(new Pairs(), [leftKey, asyncKey]),
      key: leftKey,
    });
    expect(() => harness.element({ of: 'a', n: 1 }, 0, 1)).toThrow(refused);
  });

  test('may not declare two states of one name', () => {
    class Twice extends Pairs {
      override state = { lefts: listState<number>('same'), rights: listState<number>('same') };
    }
    expect(() => keyedCoProcessOperator(new Twice(), [leftKey, rightKey])).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });
});
