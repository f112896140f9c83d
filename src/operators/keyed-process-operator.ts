import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorContext, OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { KeySpec } from '../graph/stream-graph.ts';
import { declaredStates } from '../state/descriptors/state-declaration.ts';
import { CurrentKey } from './current-key.ts';
import { declaredStateInfos } from './declared-state-infos.ts';
import type { KeyedProcessFunction } from './functions/keyed-process-function.ts';
import { KeyedFunctionOperator } from './keyed-function-operator.ts';
import { afterSetup } from './not-set-up.ts';
import { rejectThenable } from './promise-check.ts';

export function keyedProcessOperator<K, In, Out>(fn: KeyedProcessFunction<K, In, Out>, key: KeySpec): OperatorFactory {
  return {
    kind: 'keyed-process',
    states: declaredStateInfos(...declaredStates(fn)),
    isStateful: true,
    create: () => new KeyedProcessOperator(fn, key),
  };
}

class KeyedProcessOperator<K, In, Out> extends KeyedFunctionOperator<K, Out> implements OperatorInput {
  readonly #function: KeyedProcessFunction<K, In, Out>;
  readonly #key: KeySpec;
  #keys: CurrentKey | undefined;

  constructor(fn: KeyedProcessFunction<K, In, Out>, key: KeySpec) {
    super(fn);
    this.#function = fn;
    this.#key = key;
  }

  override input(): OperatorInput {
    return this;
  }

  override setup(context: OperatorContext): void {
    super.setup(context);
    this.#keys = new CurrentKey(context, this.#key);
  }

  processElement(value: In, timestampMs: EventTimeMs, keyGroup: number): void {
    const { callContext, checkedStates } = afterSetup(this.running);
    const keys = afterSetup(this.#keys);
    if (this.checkMutation) freezeValue(value);
    keys.set(value, keyGroup);
    this.collector.timestampMs = timestampMs;
    callContext.timestampMs = timestampMs;
    const result: unknown = this.#function.processElement(value, callContext, this.collector);
    if (result !== undefined) rejectThenable(result, 'processElement', this.operatorName);
    for (const state of checkedStates) state.endCall();
    keys.clear();
  }
}
