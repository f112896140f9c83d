/**
 * What operators emit into: the next operators of the chain by direct call, or channels. The operator boundary is here: an
 * error that crosses it is given the operator's name and uid, once, innermost first.
 */
import { NO_KEY_GROUP } from '../base/elements.ts';
import { withContext } from '../base/errors.ts';
import type { MillraceError } from '../base/errors.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorInput, Output } from '../base/operator.ts';
import { checkValue } from '../codec/check-value.ts';
import { SampledCheck } from '../codec/sampled-check.ts';
import type { RecordWriter } from '../exchange/record-writer.ts';
import type { ChainedOperator } from '../graph/job-graph.ts';

/** What errors say of an operator. */
export type NamedOperator = Pick<ChainedOperator, 'name' | 'uid'>;

export interface OutputTarget {
  push(value: unknown, timestampMs: EventTimeMs): void;
}

export interface OperatorTargetOptions {
  readonly input: OperatorInput;
  readonly operator: ChainedOperator;
  /** Watermarks that have reached the operator and not passed it. */
  readonly waiting: readonly unknown[];
  /** Lets them pass. */
  readonly catchUp: () => void;
}

/** A chained operator: called at once, in the same step. */
export class OperatorTarget implements OutputTarget {
  readonly #input: OperatorInput;
  readonly #operator: ChainedOperator;
  readonly #waiting: readonly unknown[];
  readonly #catchUp: () => void;

  constructor({ input, operator, waiting, catchUp }: OperatorTargetOptions) {
    this.#input = input;
    this.#operator = operator;
    this.#waiting = waiting;
    this.#catchUp = catchUp;
  }

  push(value: unknown, timestampMs: EventTimeMs): void {
    if (this.#waiting.length > 0) this.#catchUp();
    try {
      this.#input.processElement(value, timestampMs, NO_KEY_GROUP);
    } catch (error) {
      throw operatorError(error, this.#operator);
    }
  }
}

/**
 * The channels of one exchange. Rings refuse what the codec cannot carry, queues within a thread would pass it on: there only samples
 * are looked at, unless all values are to be checked.
 */
export class WriterTarget implements OutputTarget {
  readonly #writer: RecordWriter;
  readonly #checksAll: boolean;
  readonly #sample = new SampledCheck();

  constructor(writer: RecordWriter, checkValues: boolean) {
    this.#writer = writer;
    this.#checksAll = checkValues;
  }

  push(value: unknown, timestampMs: EventTimeMs): void {
    if (this.#checksAll) checkValue(value);
    else this.#sample.check(value);
    this.#writer.emit(value, timestampMs);
  }
}

export class ChainOutput implements Output<unknown> {
  readonly #main: OutputTarget[] = [];
  readonly #side = new Map<string, OutputTarget[]>();

  /** Called while the chain is built, before the first record. */
  connect(target: OutputTarget, sideTag: string | undefined): void {
    if (sideTag === undefined) {
      this.#main.push(target);
      return;
    }
    const targets = this.#side.get(sideTag);
    if (targets === undefined) this.#side.set(sideTag, [target]);
    else targets.push(target);
  }

  collect(value: unknown, timestampMs: EventTimeMs): void {
    const targets = this.#main;
    for (let index = 0; index < targets.length; index++) targets[index]?.push(value, timestampMs);
  }

  /** A side output that nobody takes is dropped, as in Flink. */
  collectSide(tagId: string, value: unknown, timestampMs: EventTimeMs): void {
    const targets = this.#side.get(tagId);
    if (targets === undefined) return;
    for (const target of targets) target.push(value, timestampMs);
  }
}

/** Runs a call of the operator with the operator named in errors. */
export function guard<R>(operator: NamedOperator, call: () => R): R {
  try {
    return call();
  } catch (error) {
    throw operatorError(error, operator);
  }
}

/** User code's plain errors become USER_FUNCTION_FAILED; all get the operator they came from. */
export function operatorError(error: unknown, operator: NamedOperator): MillraceError {
  return withContext(error, { operatorName: operator.name, operatorUid: operator.uid }, 'USER_FUNCTION_FAILED');
}
