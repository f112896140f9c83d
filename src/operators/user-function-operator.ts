/**
 * What all operators around one user function share: set up once, life cycle of the function, output and collector. Subclasses
 * add the record path, which reads fields and goes through none of this.
 */
import { assert } from '../base/assert.ts';
import { NO_TIMESTAMP } from '../base/event-time.ts';
import type { OperatorContext, OperatorInput, Output, StreamOperator } from '../base/operator.ts';
import { FunctionLifecycle } from './function-lifecycle.ts';
import { runtimeContextOf } from './functions/runtime-context.ts';
import { afterSetup, OUTPUT_NOT_SET_UP } from './not-set-up.ts';
import { TimestampedCollector } from './timestamped-collector.ts';

export abstract class UserFunctionOperator<Out> implements StreamOperator {
  protected output: Output<Out> = OUTPUT_NOT_SET_UP;
  /** For what user code emits. */
  protected readonly collector: TimestampedCollector<Out> = new TimestampedCollector<Out>();
  protected operatorName = '';
  /** Values that user code is given or gives are to be frozen deeply. */
  protected checkMutation = false;
  readonly #lifecycle: FunctionLifecycle<Out>;
  #context: OperatorContext | undefined;

  constructor(userFunction: object) {
    this.#lifecycle = new FunctionLifecycle(userFunction);
  }

  abstract input(index: number): OperatorInput;

  setup(context: OperatorContext): void {
    assert(this.#context === undefined, () => `Operator '${context.operatorName}' is set up twice`);
    this.#context = context;
    this.output = context.output;
    this.operatorName = context.operatorName;
    this.checkMutation = context.checkMutation;
    this.collector.setup(context);
  }

  open(): void | Promise<void> {
    return this.#lifecycle.open(runtimeContextOf(afterSetup(this.#context)));
  }

  finish(): void {
    this.collector.timestampMs = NO_TIMESTAMP;
    this.#lifecycle.finish(this.collector, this.operatorName);
  }

  close(): void | Promise<void> {
    return this.#lifecycle.close();
  }
}
