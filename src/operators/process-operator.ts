import type { Clock } from '../base/environment.ts';
import { MillraceError } from '../base/errors.ts';
import { hasTimestamp, WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorContext, OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import { declaredStates } from '../state/descriptors/state-declaration.ts';
import type { OutputTag } from './functions/output-tag.ts';
import type { ProcessContext, ProcessFunction } from './functions/process-function.ts';
import type { TimeService } from './functions/timer-service.ts';
import { CLOCK_NOT_SET_UP } from './not-set-up.ts';
import { rejectThenable } from './promise-check.ts';
import type { TimestampedCollector } from './timestamped-collector.ts';
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
    const { timerService } = this.#context;
    // After a restore the inputs begin anew, below the restored watermark.
    if (watermarkMs > timerService.watermarkMs) timerService.watermarkMs = watermarkMs;
  }

  /** No timers, but the function sees the watermark, so it must be the same after a restore. */
  currentWatermarkMs(): EventTimeMs {
    return this.#context.timerService.watermarkMs;
  }
}

/** One for all records: it reads the timestamp that the collector has anyway. */
class RecordContext<Out> implements ProcessContext {
  readonly timerService: OperatorTimes = new OperatorTimes();
  readonly #collector: TimestampedCollector<Out>;

  constructor(collector: TimestampedCollector<Out>) {
    this.#collector = collector;
  }

  timestamp(): EventTimeMs | null {
    const { timestampMs } = this.#collector;
    return hasTimestamp(timestampMs) ? timestampMs : null;
  }

  output<T>(tag: OutputTag<T>, value: T): void {
    this.#collector.collectSide(tag, value);
  }
}

class OperatorTimes implements TimeService {
  watermarkMs: EventTimeMs = WATERMARK_MIN;
  #clock: Clock = CLOCK_NOT_SET_UP;

  setup(context: OperatorContext): void {
    this.watermarkMs = context.restoredWatermarkMs;
    this.#clock = context.environment.clock;
  }

  currentWatermark(): EventTimeMs {
    return this.watermarkMs;
  }

  currentProcessingTime(): number {
    return this.#clock.nowMs();
  }
}
