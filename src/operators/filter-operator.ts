import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorFactory, OperatorInput, RecordStep } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { FilterFunction } from './functions/filter-function.ts';
import { rejectThenable } from './promise-check.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

export function filterOperator<T>(fn: FilterFunction<T>): OperatorFactory {
  return { kind: 'filter', states: [], isStateful: false, create: () => new FilterOperator(fn) };
}

class FilterOperator<T> extends UserFunctionOperator<T> implements OperatorInput {
  readonly recordStep: RecordStep;
  readonly #filter: (value: T) => unknown;

  constructor(fn: FilterFunction<T>) {
    super(fn);
    const filter = typeof fn === 'function' ? fn : (value: T) => fn.filter(value);
    this.#filter = filter;
    this.recordStep = {
      kind: 'filter',
      // The function itself, not a wrapper that all filters of a thread would share; the graph sends it what it takes.
      call: filter as (value: unknown) => unknown,
      checkResult: (result) => rejectThenable(result, 'filter', this.operatorName),
    };
  }

  override input(): OperatorInput {
    return this;
  }

  processElement(value: T, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    const result = this.#filter(value);
    // The type asks for a boolean. Plain JavaScript may return anything; it counts as usual, but for promises, which are all true.
    if (result !== true && result !== false) rejectThenable(result, 'filter', this.operatorName);
    if (result) this.output.collect(value, timestampMs);
  }
}
