/** Rolling aggregations of keyed streams against recorded Flink jobs. */
import { describe, expect, test } from 'vitest';
import type { FieldAggregation } from '../../src/operators/field-aggregation.ts';
import { reduceOperator } from '../../src/operators/reduce-operator.ts';
import { rollingAggregationOperator } from '../../src/operators/rolling-aggregation-operator.ts';
import { goldenCase } from '../support/golden-case.ts';
import type { OutputLine } from '../support/golden-order.ts';
import { operatorJob, outputLine, replayHarness, testGoldenCase } from '../support/golden-replay.ts';
import type { Element, InputLine, ReplayedJob } from '../support/golden-replay.ts';
import { keyBy, OperatorHarness } from '../support/operator-harness.ts';
import type { HarnessOptions } from '../support/operator-harness.ts';

const byK = keyBy((element: Element) => element.k);

function rolling(aggregation: FieldAggregation, key = byK): HarnessOptions {
  return { makeOperator: () => rollingAggregationOperator(aggregation, key), key };
}

const cases: Record<string, HarnessOptions> = {
  'rolling-min': rolling({ kind: 'min', field: 'v' }),
  'rolling-max': rolling({ kind: 'max', field: 'v' }),
  'rolling-minby': rolling({ kind: 'minBy', field: 'v' }),
  'rolling-maxby': rolling({ kind: 'maxBy', field: 'v' }),
  'rolling-minbylast': rolling({ kind: 'minBy', field: 'v', first: false }),
  'rolling-maxbylast': rolling({ kind: 'maxBy', field: 'v', first: false }),
  'rolling-reduce': {
    key: byK,
    makeOperator: () =>
      reduceOperator<Element>((a, b) => ({ k: a.k, v: a.v + b.v, id: `${a.id}+${b.id}` }), byK),
  },
};

for (const [name, options] of Object.entries(cases)) testGoldenCase(name, (replay) => operatorJob(options, replay));

/** A field of a nested object, and one of an array inside an array. */
testGoldenCase('rolling-nested', (replay): ReplayedJob => {
  const nested = replayHarness(rolling({ kind: 'sum', field: 'in.v' }), replay);
  const tuples = replayHarness(
    rolling({ kind: 'max', field: '1.0' }, keyBy((tuple: [string, unknown, number]) => tuple[0])),
    replay,
  );
  const take = (): OutputLine[] => {
    const fromTuples = tuples.take().map(outputLine).filter(({ out }) => out === 'main');
    return [...nested.take().map(outputLine), ...fromTuples.map((line) => ({ ...line, out: 'tuple' }))];
  };
  return {
    apply: ({ ts, value }) => {
      if (value === undefined || typeof ts !== 'number') throw new Error('The case has records with timestamps only');
      const { k, v, id } = value;
      nested.element({ k, in: { v, w: id } }, ts);
      tuples.element([k, [v, id], v], ts);
      return take();
    },
    endOfInput: () => {
      nested.endOfInput();
      tuples.endOfInput();
      return take();
    },
  };
});

/**
 * The case is recorded over Java's number types. Doubles agree. Java's int, short and byte wrap around where numbers here go on
 * (docs/differences-from-flink.md); its float is the same here because all values of the case are exact in it.
 */
describe('rolling-sum-types', () => {
  const { input, output } = goldenCase<InputLine, OutputLine>('rolling-sum-types');
  const fieldOf: Readonly<Record<string, number>> = { int: 1, double: 2, float: 3, short: 4, byte: 5 };
  const bitsOf: Readonly<Record<string, number>> = { int: 32, short: 16, byte: 8 };

  const sums = (out: string): unknown[] => {
    const key = keyBy((tuple: [string]) => tuple[0]);
    const harness = new OperatorHarness(rolling({ kind: 'sum', field: fieldOf[out] ?? -1 }, key));
    for (const { value } of input) {
      if (value === undefined) throw new Error('The case has records only');
      const { k, v } = value;
      harness.element([k, v * 2 ** 29, v / 4, v / 4, v * 10_000, v * 50]);
    }
    return harness.takeValues();
  };
  const recorded = (out: string): unknown[] => output.filter((line) => line.out === out).map(({ value }) => value);
  /** Wraps one field of a result as Java would have. */
  const wrapped = (result: unknown, out: string): unknown => {
    if (!Array.isArray(result)) throw new Error('The case emits arrays');
    return result.map((field, index) => (index === fieldOf[out] ? signed(field, bitsOf[out] ?? 64) : field));
  };

  test.each(['double', 'float'])('%s', (out) => {
    expect(sums(out)).toEqual(recorded(out));
  });

  test.each(['int', 'short', 'byte'])('%s, but for the wrapping', (out) => {
    expect(sums(out)).not.toEqual(recorded(out));
    expect(sums(out).map((result) => wrapped(result, out))).toEqual(recorded(out));
  });
});

function signed(value: number, bits: number): number {
  return Number(BigInt.asIntN(bits, BigInt(value)));
}
