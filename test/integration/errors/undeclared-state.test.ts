/** States that no function declares: what the types cannot tell, and plain JavaScript does not ask. */
import { describe, expect, it } from 'vitest';
import { createEnvironment, KeyedProcessFunction, valueState } from '../../../src/index.ts';
import type { Collector } from '../../../src/index.ts';
import { rejection } from '../../support/run-job.ts';

/** Declares one state, and uses what `useState` says. */
class Counting extends KeyedProcessFunction<number, number, number> {
  state = { declared: valueState<number>('declared') };
  readonly #useState: (fn: Counting) => unknown;

  constructor(useState: (fn: Counting) => unknown) {
    super();
    this.#useState = useState;
  }

  override processElement(value: number, _context: this['Context'], out: Collector<number>): void {
    this.#useState(this);
    out.collect(value);
  }
}

class InFieldOfItsOwn extends KeyedProcessFunction<number, number, number> {
  count = valueState<number>('count');

  override processElement(value: number, _context: this['Context'], out: Collector<number>): void {
    this.count.update(value);
    out.collect(value);
  }
}

const OF_THE_MODULE = valueState<number>('count');

function failureOf(fn: KeyedProcessFunction<number, number, number>): ReturnType<typeof rejection> {
  const counted = createEnvironment()
    .fromElements(1, 2)
    .keyBy((value) => value)
    .process(fn)
    .name('counting');
  return rejection(counted.executeAndCollect());
}

describe('a state that is not declared', () => {
  it.each<[string, KeyedProcessFunction<number, number, number>]>([
    ['held in another field than state', new InFieldOfItsOwn()],
    ['made in a call', new Counting(() => valueState<number>('count').value())],
    ['of the module', new Counting(() => OF_THE_MODULE.update(1))],
    [
      'added once the job runs',
      new Counting((fn) => Object.assign(fn.state, { count: valueState<number>('count') }).count.value()),
    ],
  ])('(%s) is STATE_NOT_DECLARED where it is used', async (_, fn) => {
    const error = await failureOf(fn);
    expect(error).toMatchObject({
      code: 'STATE_NOT_DECLARED',
      message: "Using state 'count' failed: no function declares it in its field 'state'",
      context: { operatorName: 'counting', subtaskIndex: 0, attemptNumber: 1 },
    });
    expect(error.hint).toContain("field 'state'");
  });

  it('whose very field is missing is an error of the function, as JavaScript has it', async () => {
    // An untyped job: nothing told it that there is no such field.
    const untyped = (fn: Counting): unknown => Reflect.get(fn.state, 'missing').value();
    expect(await failureOf(new Counting(untyped))).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      message: "Cannot read properties of undefined (reading 'value')",
      context: { operatorName: 'counting' },
    });
  });
});
