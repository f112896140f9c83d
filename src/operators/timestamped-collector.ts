import { MillraceError } from '../base/errors.ts';
import { NO_TIMESTAMP } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { CallGate, OperatorContext, Output } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { Collector } from './functions/collector.ts';
import type { OutputTag } from './functions/output-tag.ts';
import { GATE_NOT_SET_UP, OUTPUT_NOT_SET_UP } from './not-set-up.ts';

/**
 * The one collector of an operator, reused for all calls: the operator sets the timestamp before each call of user code. User
 * code may keep it; using it later is noticed by the call gate.
 */
export class TimestampedCollector<T> implements Collector<T> {
  /** Of whatever is emitted from now on. */
  timestampMs: EventTimeMs = NO_TIMESTAMP;
  #output: Output<T> = OUTPUT_NOT_SET_UP;
  #gate: CallGate = GATE_NOT_SET_UP;
  #operatorName = '';
  #checkMutation = false;

  setup(context: OperatorContext): void {
    this.#output = context.output;
    this.#gate = context.callGate;
    this.#operatorName = context.operatorName;
    this.#checkMutation = context.checkMutation;
  }

  collect(value: T): void {
    if (!this.#gate.isOpen) throw this.#outsideCall();
    if (this.#checkMutation) freezeValue(value);
    this.#output.collect(value, this.timestampMs);
  }

  collectSide<S>(tag: OutputTag<S>, value: S): void {
    if (!this.#gate.isOpen) throw this.#outsideCall();
    if (this.#checkMutation) freezeValue(value);
    this.#output.collectSide(tag.id, value, this.timestampMs);
  }

  #outsideCall(): MillraceError {
    return new MillraceError(
      'EMIT_OUTSIDE_CALL',
      `Emitting from operator '${this.#operatorName}' failed: no call of its subtask is in progress`,
    );
  }
}
