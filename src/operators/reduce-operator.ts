import { MillraceError } from '../base/errors.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { VOID_NAMESPACE } from '../base/keyed-state.ts';
import type { StateTable } from '../base/keyed-state.ts';
import type { OperatorContext, OperatorFactory, OperatorInput, StateDescriptorInfo } from '../base/operator.ts';
import { copyValue } from '../codec/copy-value.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { KeySpec } from '../graph/stream-graph.ts';
import type { ReduceFunction } from './functions/reduce-function.ts';
import { CurrentKey } from './current-key.ts';
import { afterSetup } from './not-set-up.ts';
import { isPromise, promiseNotAllowed } from './promise-check.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

const ACCUMULATED: StateDescriptorInfo = { name: 'accumulated', kind: 'reducing' };

/** Rolling: emits the new accumulated value for each record, with the record's timestamp; a key's first record as it is. */
export function reduceOperator<T>(fn: ReduceFunction<T>, key: KeySpec): OperatorFactory {
  return { kind: 'reduce', states: [ACCUMULATED], isStateful: true, create: () => new ReduceOperator(fn, key) };
}

/**
 * What lies in state is the function's to change in place, and what was emitted must not change, so they are never the same
 * object: the state copies what it is given (see StateTable), and an object that came from the state is copied to be emitted.
 */
class ReduceOperator<T> extends UserFunctionOperator<T> implements OperatorInput {
  readonly #reduce: (accumulated: T, value: T) => T;
  readonly #key: KeySpec;
  #keys: CurrentKey | undefined;
  #table: StateTable | undefined;

  constructor(fn: ReduceFunction<T>, key: KeySpec) {
    super(fn);
    this.#reduce = typeof fn === 'function' ? fn : (accumulated, value) => fn.reduce(accumulated, value);
    this.#key = key;
  }

  override input(): OperatorInput {
    return this;
  }

  override setup(context: OperatorContext): void {
    super.setup(context);
    this.#keys = new CurrentKey(context, this.#key);
    this.#table = this.#keys.backend.table(ACCUMULATED);
  }

  processElement(value: T, timestampMs: EventTimeMs, keyGroup: number): void {
    const table = afterSetup(this.#table);
    if (this.checkMutation) freezeValue(value);
    afterSetup(this.#keys).set(value, keyGroup);
    // Only this operator writes the table, and it writes values of T.
    const accumulated = table.get(VOID_NAMESPACE) as T | undefined;
    const result = accumulated === undefined ? value : this.#call(accumulated, value);
    table.put(VOID_NAMESPACE, result);
    const emitted = result === accumulated ? copyValue(result) : result;
    if (this.checkMutation) freezeValue(emitted);
    this.output.collect(emitted, timestampMs);
  }

  #call(accumulated: T, value: T): T {
    const result = this.#reduce(accumulated, value);
    if (isPromise(result)) throw promiseNotAllowed(result, 'reduce', this.operatorName);
    if (result === undefined) {
      throw new MillraceError(
        'STATE_VALUE_INVALID',
        `Calling reduce of operator '${this.operatorName}' failed: it returned undefined`,
      );
    }
    return result;
  }
}
