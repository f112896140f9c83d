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
 * code may keep it; using it later fails the subtask.
 */
export class TimestampedCollector<T> implements Collector<T> {
  /** Of whatever is emitted from now on. */
  timestampMs: EventTimeMs = NO_TIMESTAMP;
  #output: Output<T> = OUTPUT_NOT_SET_UP;
  #gate: CallGate = GATE_NOT_SET_UP;
  #operatorName = '';
  #operatorUid = '';
  #checkMutation = false;

  setup(context: OperatorContext): void {
    this.#output = context.output;
    this.#gate = context.callGate;
    this.#operatorName = context.operatorName;
    this.#operatorUid = context.operatorUid;
    this.#checkMutation = context.checkMutation;
  }

  collect(value: T): void {
    if (!this.#gate.isOpen) return this.#refuse();
    if (this.#checkMutation) freezeValue(value);
    this.#output.collect(value, this.timestampMs);
  }

  collectSide<S>(tag: OutputTag<S>, value: S): void {
    if (!this.#gate.isOpen) return this.#refuse();
    if (this.#checkMutation) freezeValue(value);
    this.#output.collectSide(tag.id, value, this.timestampMs);
  }

  /** The value is dropped: its subtask fails. */
  #refuse(): void {
    const context = { operatorName: this.#operatorName, operatorUid: this.#operatorUid };
    const message = `Emitting from operator '${this.#operatorName}' failed: no call of its subtask is in progress`;
    this.#gate.refuse(new MillraceError('EMIT_OUTSIDE_CALL', message, { context }));
  }
}
