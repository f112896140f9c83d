/**
 * Generated functions and `collectPlainly` do the same with any chain: the same values at the ends, in the same order, and the same
 * error of the same operator. Chains are drawn as trees of maps, filters, operators that are called, and channels; some of their
 * functions fail or return what they must not, and some operators find watermarks that wait.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MillraceError } from '../base/errors.ts';
import type { OperatorContext, OperatorFactory, StreamOperator } from '../base/operator.ts';
import { filterOperator } from '../operators/filter-operator.ts';
import { mapOperator } from '../operators/map-operator.ts';
import { ChainOutput, OperatorTarget } from './chain-output.ts';
import { generatedCollect } from './generated-collect.ts';

interface Tree {
  readonly kind: 'map' | 'filter' | 'called' | 'channel';
  /** What becomes of values that are divisible by it. */
  readonly divisor: number;
  readonly fault: 'none' | 'throws' | 'promise' | 'thenable';
  readonly hasWaiting: boolean;
  readonly next: readonly Tree[];
}

const trees = fc.memo((depth): fc.Arbitrary<Tree> =>
  fc.record({
    kind: fc.constantFrom('map', 'filter', 'called', 'channel'),
    divisor: fc.integer({ min: 2, max: 5 }),
    fault: fc.oneof(
      { weight: 2, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom('throws', 'promise', 'thenable') },
    ),
    hasWaiting: fc.boolean(),
    next: depth > 1 ? fc.array(trees(), { maxLength: 2 }) : fc.constant([]),
  }),
);

/** What a fault waits for. */
function isUnlucky(value: number): boolean {
  return value % 3 === 0;
}

function resultOf(tree: Tree, value: number): unknown {
  if (isUnlucky(value)) {
    if (tree.fault === 'throws') throw new Error(`no ${value}`);
    if (tree.fault === 'promise') return Promise.resolve(true);
    // oxlint-disable-next-line unicorn/no-thenable -- what a filter refuses and a map does not look for
    if (tree.fault === 'thenable') return { then: () => undefined };
  }
  return tree.kind === 'map' ? value * tree.divisor + 1 : value % tree.divisor !== 0;
}

class Chain {
  readonly log: string[] = [];
  readonly #outputs: ChainOutput[] = [];
  #operatorCount = 0;

  constructor(next: readonly Tree[]) {
    this.#outputs.push(this.#outputTo(next));
  }

  /** Of what is called by itself, the source's first. */
  get outputs(): readonly ChainOutput[] {
    return this.#outputs;
  }

  #outputTo(next: readonly Tree[]): ChainOutput {
    const output = new ChainOutput();
    for (const tree of next) output.connect(this.#target(tree), undefined);
    return output;
  }

  #target(tree: Tree): { push: (value: unknown, timestampMs: number) => void } {
    const number = this.#operatorCount++;
    if (tree.kind === 'channel') {
      return {
        push: (value, timestampMs) => {
          if (tree.fault !== 'none' && isUnlucky(Number(value))) throw new Error(`channel ${number} is broken`);
          this.log.push(`${String(value)}@${timestampMs} in ${number}`);
        },
      };
    }
    const output = this.#outputTo(tree.next);
    const operator = this.#operator(tree, number, output);
    const waiting: number[] = tree.hasWaiting ? [1] : [];
    const catchUp = (): void => {
      this.log.push(`${number} catches up with ${waiting.length}`);
      waiting.length = 0;
      if (tree.divisor === 2) throw new Error(`${number} cannot catch up`);
    };
    const name = `operator ${number}`;
    const input = operator.input(0);
    return new OperatorTarget({
      input,
      operator: { name, uid: name },
      step: operator.recordStep,
      output,
      waiting,
      catchUp,
    });
  }

  #operator(tree: Tree, number: number, output: ChainOutput): StreamOperator {
    if (tree.kind === 'called') return this.#calledOperator(tree, number, output);
    const call = (value: unknown): unknown => resultOf(tree, Number(value));
    const factory: OperatorFactory = tree.kind === 'map' ? mapOperator(call) : filterOperator(call as () => boolean);
    const operator = factory.create();
    // What these operators read of it.
    operator.setup({ output, operatorName: `operator ${number}`, checkMutation: false } as unknown as OperatorContext);
    return operator;
  }

  /** Emits each value twice. */
  #calledOperator(tree: Tree, number: number, output: ChainOutput): StreamOperator {
    this.#outputs.push(output);
    const processElement = (value: unknown, timestampMs: number, keyGroup: number): void => {
      this.log.push(`${number} gets ${String(value)} of ${keyGroup}`);
      resultOf(tree, Number(value));
      output.collect(value, timestampMs);
      output.collect(value, timestampMs + 1);
    };
    return { setup: () => undefined, input: () => ({ processElement }) };
  }
}

/** Everything that can be seen of it. */
function outcomeOf(chain: Chain, values: readonly number[]): readonly unknown[] {
  for (const [index, value] of values.entries()) {
    try {
      chain.outputs[0]?.collect(value, index);
    } catch (error) {
      const shown = MillraceError.is(error) ? [error.code, error.message, error.context] : String(error);
      chain.log.push(JSON.stringify(shown));
    }
  }
  return chain.log;
}

it('generated functions do what plain calls do', () => {
  fc.assert(
    fc.property(
      fc.array(trees(5), { minLength: 1, maxLength: 3 }),
      fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 20 }),
      (next, values) => {
        const plain = outcomeOf(new Chain(next), values);
        const chain = new Chain(next);
        for (const output of chain.outputs) output.collect = generatedCollect(output, false);
        expect(outcomeOf(chain, values)).toEqual(plain);
      },
    ),
    { numRuns: 500 },
  );
});

it('generated functions freeze what plain calls freeze', () => {
  const seen: { value: object; isFrozen: boolean }[] = [];
  const see = (value: object): object => {
    seen.push({ value, isFrozen: Object.isFrozen(value) });
    return { ...value };
  };
  const output = new ChainOutput();
  const mapped = new ChainOutput();
  const operator = mapOperator(see).create();
  operator.setup({ output: mapped, operatorName: 'map', checkMutation: true } as unknown as OperatorContext);
  mapped.connect({ push: (value) => see(value as object) }, undefined);
  const named = { name: 'map', uid: 'map' };
  const catchUp = (): void => undefined;
  const input = operator.input(0);
  output.connect(
    new OperatorTarget({ input, operator: named, step: operator.recordStep, output: mapped, waiting: [], catchUp }),
    undefined,
  );
  for (const collect of [output.collect, generatedCollect(output, true)]) collect({ a: 1 }, 0);
  expect(seen.map(({ isFrozen }) => isFrozen)).toEqual([true, true, true, true]);
});
