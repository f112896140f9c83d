import { assert } from '../base/assert.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorInput } from '../base/operator.ts';

/** An operator that takes records of two streams, each by its own method: nothing is wrapped to tell them apart. */
export interface TwoInputOperator<In1, In2> {
  processElement1(value: In1, timestampMs: EventTimeMs, keyGroup: number): void;
  processElement2(value: In2, timestampMs: EventTimeMs, keyGroup: number): void;
}

/** The operator as the task sees it: input 0 and input 1. */
export function inputOf<In1, In2>(operator: TwoInputOperator<In1, In2>, index: number): OperatorInput {
  assert(index === 0 || index === 1, () => `Input ${index} of an operator with two`);
  return index === 0 ? new FirstInput(operator) : new SecondInput(operator);
}

class FirstInput<In> implements OperatorInput {
  readonly #operator: TwoInputOperator<In, never>;

  constructor(operator: TwoInputOperator<In, never>) {
    this.#operator = operator;
  }

  processElement(value: In, timestampMs: EventTimeMs, keyGroup: number): void {
    this.#operator.processElement1(value, timestampMs, keyGroup);
  }
}

class SecondInput<In> implements OperatorInput {
  readonly #operator: TwoInputOperator<never, In>;

  constructor(operator: TwoInputOperator<never, In>) {
    this.#operator = operator;
  }

  processElement(value: In, timestampMs: EventTimeMs, keyGroup: number): void {
    this.#operator.processElement2(value, timestampMs, keyGroup);
  }
}
