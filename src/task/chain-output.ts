/**
 * What operators emit into: the next operators of the chain by direct call, or channels. The operator boundary is here: an
 * error that crosses it is given the operator's name and uid, once, innermost first.
 */
import { NO_KEY_GROUP } from '../base/elements.ts';
import { withContext } from '../base/errors.ts';
import type { MillraceError } from '../base/errors.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorInput, Output, RecordStep } from '../base/operator.ts';
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
  readonly operator: NamedOperator;
  /** What the operator does with a record, where it says so, and where its results go. */
  readonly step: RecordStep | undefined;
  readonly output: ChainOutput;
  /** Watermarks that have reached the operator and not passed it. */
  readonly waiting: readonly unknown[];
  /** Lets them pass. */
  readonly catchUp: () => void;
}

/** A chained operator: called at once, in the same step. */
export class OperatorTarget implements OutputTarget {
  readonly options: OperatorTargetOptions;

  constructor(options: OperatorTargetOptions) {
    this.options = options;
  }

  push(value: unknown, timestampMs: EventTimeMs): void {
    const { input, operator, waiting, catchUp } = this.options;
    if (waiting.length > 0) catchUp();
    try {
      input.processElement(value, timestampMs, NO_KEY_GROUP);
    } catch (error) {
      throw operatorError(error, operator);
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

export type Collect = (value: unknown, timestampMs: EventTimeMs) => void;

export class ChainOutput implements Output<unknown> {
  /**
   * A field, so that each operator has a function of its own where the chain makes one (generated-collect.ts). At first, and for
   * operators whose work is part of such a function, it is `collectPlainly`.
   */
  collect: Collect = (value, timestampMs) => this.collectPlainly(value, timestampMs);
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

  /** In the order in which they were connected. */
  get mainTargets(): readonly OutputTarget[] {
    return this.#main;
  }

  /** What every function in the field `collect` does. */
  collectPlainly(value: unknown, timestampMs: EventTimeMs): void {
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
