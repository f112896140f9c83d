/**
 * Opening and closing of what a subtask has set up: the only calls of user code that may take time, each with a bound.
 *
 * Whatever was added is closed exactly once, by `close`, which may come at any time. An `open` that is under way then is waited for
 * as long as closing may take, because it may still be getting hold of what `close` is to give back, unless it has had all of its own
 * time; nothing further is opened.
 */
import type { Environment } from '../base/environment.ts';
import { MillraceError, messageOf } from '../base/errors.ts';
import { settleWithin } from '../base/settle-within.ts';
import { operatorError } from './chain-output.ts';
import type { NamedOperator } from './chain-output.ts';
import type { ChainNode } from './operator-chain.ts';
import type { SourceInput } from './source-input.ts';

export interface SubtaskLifecycleOptions {
  readonly environment: Environment;
  readonly openTimeoutMs: number;
  readonly closeTimeoutMs: number;
}

export class SubtaskLifecycle {
  readonly #options: SubtaskLifecycleOptions;
  readonly #abort = new AbortController();
  readonly #nodes: ChainNode[] = [];
  #source: SourceInput | undefined;
  #opening: Promise<unknown> = Promise.resolve();

  constructor(options: SubtaskLifecycleOptions) {
    this.#options = options;
  }

  /** Aborted when the subtask fails or is closed. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isOver(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Nothing is opened any more, and user code that listens to the signal ends what it does. */
  abort(): void {
    this.#abort.abort();
  }

  /** Before its `setup`: it is closed even if that throws. */
  addNode(node: ChainNode): void {
    this.#nodes.push(node);
  }

  /** Before its `start`. */
  addSource(source: SourceInput): void {
    this.#source = source;
  }

  /** Tail to head: whatever receives is ready before whatever emits. */
  async openNodes(): Promise<void> {
    for (const { operator, chained } of this.#nodes.toReversed()) {
      if (operator?.open === undefined) continue;
      await this.open(chained, `Opening operator '${chained.name}'`, () => operator.open?.());
    }
  }

  /**
   * Does nothing when the subtask is over.
   * @throws FUNCTION_TIMEOUT, or what the call throws, with the operator named; JOB_CANCELED when the subtask is over meanwhile
   */
  async open(operator: NamedOperator, what: string, call: () => void | Promise<void>): Promise<void> {
    if (this.isOver) return;
    const { environment, openTimeoutMs } = this.#options;
    try {
      const opening = Promise.resolve(call());
      this.#opening = opening;
      await settleWithin(opening, { environment, timeoutMs: openTimeoutMs, what, signal: this.signal });
    } catch (error) {
      // It has had its time: whoever closes does not give it more.
      if (isTimeout(error)) this.#opening = Promise.resolve();
      throw operatorError(error, operator);
    }
  }

  /** Source first, then head to tail; each is closed even if another one fails. Failures are logged. Called once. */
  async close(): Promise<void> {
    this.abort();
    // Its failure is nothing to the one who closes, and it has been reported if it came before.
    const opened = this.#opening.then(
      () => {},
      () => {},
    );
    await this.#closed('Waiting for an open that is under way', () => opened);
    const source = this.#source;
    if (source !== undefined) await this.#closed('Closing the source reader', () => source.close());
    for (const { operator, chained } of this.#nodes) {
      if (operator?.close === undefined) continue;
      await this.#closed(`Closing operator '${chained.name}'`, () => operator.close?.());
    }
  }

  async #closed(what: string, call: () => void | Promise<void>): Promise<void> {
    const { environment, closeTimeoutMs } = this.#options;
    try {
      await settleWithin(Promise.resolve(call()), { environment, timeoutMs: closeTimeoutMs, what });
    } catch (error) {
      environment.logger.log('warn', isTimeout(error) ? messageOf(error) : `${what} failed: ${messageOf(error)}`);
    }
  }
}

function isTimeout(error: unknown): boolean {
  return MillraceError.is(error) && error.code === 'FUNCTION_TIMEOUT';
}
