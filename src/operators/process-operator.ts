import { MillraceError } from '../base/errors.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorContext, OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import { declaredStates } from '../state/descriptors/state-declaration.ts';
import type { ProcessFunction } from './functions/process-function.ts';
import { rejectThenable } from './promise-check.ts';
import { RecordContext } from './record-context.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

/** @throws MillraceError JOB_DEFINITION_INVALID when the function declares state, which needs a key */
export function processOperator<In, Out>(fn: ProcessFunction<In, Out>): OperatorFactory {
  if (declaredStates(fn).length > 0) {
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      `Using ${fn.constructor.name} on a stream without keys failed: it declares state, which belongs to a key`,
    );
  }
  return { kind: 'process', states: [], isStateful: false, create: () => new ProcessOperator(fn) };
}

class ProcessOperator<In, Out> extends UserFunctionOperator<Out> implements OperatorInput {
  readonly #function: ProcessFunction<In, Out>;
  readonly #context: RecordContext<Out>;

  constructor(fn: ProcessFunction<In, Out>) {
    super(fn);
    this.#function = fn;
    this.#context = new RecordContext(this.collector);
  }

  override input(): OperatorInput {
    return this;
  }

  override setup(context: OperatorContext): void {
    super.setup(context);
    this.#context.timerService.setup(context);
  }

  processElement(value: In, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    this.collector.timestampMs = timestampMs;
    const result: unknown = this.#function.processElement(value, this.#context, this.collector);
    if (result !== undefined) rejectThenable(result, 'processElement', this.operatorName);
  }

  processWatermark(watermarkMs: EventTimeMs): void {
    this.#context.timerService.advance(watermarkMs);
  }

  /** No timers, but the function sees the watermark, so it must be the same after a restore. */
  currentWatermarkMs(): EventTimeMs {
    return this.#context.timerService.watermarkMs;
  }
}
