import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorContext, OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { KeySpec } from '../graph/stream-graph.ts';
import { declaredStates } from '../state/descriptors/state-declaration.ts';
import { CurrentKey } from './current-key.ts';
import { declaredStateInfos } from './declared-state-infos.ts';
import type { KeyedCoProcessFunction } from './functions/keyed-co-process-function.ts';
import { KeyedFunctionOperator } from './keyed-function-operator.ts';
import { afterSetup } from './not-set-up.ts';
import { rejectThenable } from './promise-check.ts';
import { inputOf } from './two-inputs.ts';
import type { TwoInputOperator } from './two-inputs.ts';

/** @param keys of both inputs; equal keys of the two are one key */
export function keyedCoProcessOperator<K, In1, In2, Out>(
  fn: KeyedCoProcessFunction<K, In1, In2, Out>,
  keys: readonly [KeySpec, KeySpec],
): OperatorFactory {
  return {
    kind: 'keyed-co-process',
    states: declaredStateInfos(...declaredStates(fn)),
    isStateful: true,
    create: () => new KeyedCoProcessOperator(fn, keys),
  };
}

class KeyedCoProcessOperator<K, In1, In2, Out>
  extends KeyedFunctionOperator<K, Out>
  implements TwoInputOperator<In1, In2>
{
  readonly #function: KeyedCoProcessFunction<K, In1, In2, Out>;
  readonly #keySpecs: readonly [KeySpec, KeySpec];
  /** Both set the current key of the same backend. */
  #keys1: CurrentKey | undefined;
  #keys2: CurrentKey | undefined;

  constructor(fn: KeyedCoProcessFunction<K, In1, In2, Out>, keys: readonly [KeySpec, KeySpec]) {
    super(fn);
    this.#function = fn;
    this.#keySpecs = keys;
  }

  override input(index: number): OperatorInput {
    return inputOf(this, index);
  }

  override setup(context: OperatorContext): void {
    super.setup(context);
    const [key1, key2] = this.#keySpecs;
    this.#keys1 = new CurrentKey(context, key1);
    this.#keys2 = new CurrentKey(context, key2);
  }

  processElement1(value: In1, timestampMs: EventTimeMs, keyGroup: number): void {
    const { callContext } = afterSetup(this.running);
    const keys = afterSetup(this.#keys1);
    if (this.checkMutation) freezeValue(value);
    keys.set(value, keyGroup);
    this.collector.timestampMs = timestampMs;
    callContext.timestampMs = timestampMs;
    const result: unknown = this.#function.processElement1(value, callContext, this.collector);
    this.#called(result, 'processElement1');
    keys.clear();
  }

  processElement2(value: In2, timestampMs: EventTimeMs, keyGroup: number): void {
    const { callContext } = afterSetup(this.running);
    const keys = afterSetup(this.#keys2);
    if (this.checkMutation) freezeValue(value);
    keys.set(value, keyGroup);
    this.collector.timestampMs = timestampMs;
    callContext.timestampMs = timestampMs;
    const result: unknown = this.#function.processElement2(value, callContext, this.collector);
    this.#called(result, 'processElement2');
    keys.clear();
  }

  #called(result: unknown, functionName: string): void {
    if (result !== undefined) rejectThenable(result, functionName, this.operatorName);
    for (const state of afterSetup(this.running).checkedStates) state.endCall();
  }
}
