import { MillraceError } from '../base/errors.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorContext, OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import { declaredStates } from '../state/descriptors/state-declaration.ts';
import type { CoProcessFunction } from './functions/co-process-function.ts';
import { rejectThenable } from './promise-check.ts';
import { RecordContext } from './record-context.ts';
import { inputOf } from './two-inputs.ts';
import type { TwoInputOperator } from './two-inputs.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

/** @throws MillraceError JOB_DEFINITION_INVALID when the function declares state, which needs a key */
export function coProcessOperator<In1, In2, Out>(fn: CoProcessFunction<In1, In2, Out>): OperatorFactory {
  if (declaredStates(fn).length > 0) {
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      `Using ${fn.constructor.name} on connected streams failed: it declares state, which belongs to a key; extend KeyedCoProcessFunction`,
    );
  }
  return { kind: 'co-process', states: [], isStateful: false, create: () => new CoProcessOperator(fn) };
}

class CoProcessOperator<In1, In2, Out> extends UserFunctionOperator<Out> implements TwoInputOperator<In1, In2> {
  readonly #function: CoProcessFunction<In1, In2, Out>;
  readonly #context: RecordContext<Out>;

  constructor(fn: CoProcessFunction<In1, In2, Out>) {
    super(fn);
    this.#function = fn;
    this.#context = new RecordContext(this.collector);
  }

  override input(index: number): OperatorInput {
    return inputOf(this, index);
  }

  override setup(context: OperatorContext): void {
    super.setup(context);
    this.#context.timerService.setup(context);
  }

  processElement1(value: In1, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    this.collector.timestampMs = timestampMs;
    const result: unknown = this.#function.processElement1(value, this.#context, this.collector);
    if (result !== undefined) rejectThenable(result, 'processElement1', this.operatorName);
  }

  processElement2(value: In2, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    this.collector.timestampMs = timestampMs;
    const result: unknown = this.#function.processElement2(value, this.#context, this.collector);
    if (result !== undefined) rejectThenable(result, 'processElement2', this.operatorName);
  }

  processWatermark(watermarkMs: EventTimeMs): void {
    this.#context.timerService.advance(watermarkMs);
  }

  /** No timers, but the function sees the watermark, so it must be the same after a restore. */
  currentWatermarkMs(): EventTimeMs {
    return this.#context.timerService.watermarkMs;
  }
}
