/**
 * Runs the enumerator of one source for one attempt, on the main thread. Life:
 *
 *   start (restored splits that waited are given back) → reader events, snapshots, completions, aborts → close
 *
 * Exactly once (FLIP-27): the checkpoint coordinator calls `snapshot` before it sends the triggers of that checkpoint, and what
 * the enumerator does afterwards reaches a reader only when that reader has acknowledged (see subtask-gateway.ts). All subtasks
 * restart together, so the enumerator never has to take back splits of a single reader.
 */
import { assert, must } from '../../base/assert.ts';
import type { ReaderEvent, SourceEvent } from '../../base/control-plane.ts';
import type { Environment, Logger, TimerHandle } from '../../base/environment.ts';
import { MillraceError, withContext } from '../../base/errors.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { CheckpointId, OperatorId } from '../../base/ids.ts';
import { settleWithin } from '../../base/settle-within.ts';
import type { EnumeratorContext, Source, SourceSplit, SplitEnumerator } from '../../base/source.ts';
import { decodeEnumeratorState, encodeEnumeratorState } from './enumerator-state.ts';
import type { EnumeratorState } from './enumerator-state.ts';
import { SubtaskGateway } from './subtask-gateway.ts';

export interface SourceCoordinatorOptions {
  readonly operatorId: OperatorId;
  readonly operatorName: string;
  readonly operatorUid: string;
  readonly source: Source<unknown>;
  readonly parallelism: number;
  readonly environment: Environment;
  /** How long the enumerator may take to start. */
  readonly openTimeoutMs: number;
  readonly closeTimeoutMs: number;
  /** What `snapshot` gave for the checkpoint that the attempt starts from; undefined on a fresh start. */
  readonly restored: Uint8Array | undefined;
  readonly send: (subtaskIndex: number, event: SourceEvent) => void;
  /** The enumerator threw, in another call than `start` and `snapshot`: fails the attempt. */
  readonly fail: (error: MillraceError) => void;
}

export class SourceCoordinator {
  readonly #options: SourceCoordinatorOptions;
  readonly #logger: Logger;
  readonly #gateways: readonly SubtaskGateway[];
  readonly #registeredReaders = new Set<number>();
  readonly #timers = new Set<TimerHandle>();
  /** Settles when the coordinator is closed, so that nobody waits for an enumerator that does not start. */
  readonly #closed: PromiseWithResolvers<void> = Promise.withResolvers();
  #enumerator: SplitEnumerator<SourceSplit, unknown> | undefined;
  #lowerBoundMs: EventTimeMs | undefined;
  #phase: 'created' | 'started' | 'failed' | 'closed' = 'created';

  constructor(options: SourceCoordinatorOptions) {
    this.#options = options;
    this.#logger = options.environment.logger.with({ operator: options.operatorName });
    this.#gateways = Array.from(
      { length: options.parallelism },
      (_, subtaskIndex) => new SubtaskGateway((event) => options.send(subtaskIndex, event)),
    );
  }

  get operatorId(): OperatorId {
    return this.#options.operatorId;
  }

  /** Settles when readers may register; rejects with what the enumerator throws, or FUNCTION_TIMEOUT. */
  async start(): Promise<void> {
    assert(this.#phase === 'created', () => `Source coordinator started in phase '${this.#phase}'`);
    try {
      const restored = this.#restoredState();
      const enumerator = this.#options.source.createEnumerator(this.#context(), restored?.enumerator);
      this.#enumerator = enumerator;
      await this.#startInTime(enumerator);
      if (this.#isOver) return;
      this.#phase = 'started';
      for (const { splits, subtaskIndex } of restored?.held ?? []) enumerator.addSplitsBack(splits, subtaskIndex);
    } catch (error) {
      if (this.#isOver) return;
      this.#phase = 'failed';
      throw this.#withContext(error);
    }
  }

  async #startInTime(enumerator: SplitEnumerator<SourceSplit, unknown>): Promise<void> {
    const { environment, openTimeoutMs } = this.#options;
    const starting = Promise.race([enumerator.start(), this.#closed.promise]);
    await settleWithin(starting, { environment, timeoutMs: openTimeoutMs, what: 'Starting the enumerator' });
  }

  handleReaderEvent(subtaskIndex: number, event: ReaderEvent): void {
    this.#call((enumerator) => {
      if (event.kind === 'register') {
        assert(!this.#registeredReaders.has(subtaskIndex), () => `Reader ${subtaskIndex} registered twice`);
        this.#registeredReaders.add(subtaskIndex);
        enumerator.addReader(subtaskIndex);
      } else if (!this.#gateway(subtaskIndex).hasNoMoreSplits) {
        enumerator.handleSplitRequest(subtaskIndex);
      }
    });
  }

  /** Encoded at once. Whatever the enumerator does from now on waits for the acknowledgements. Throws what the enumerator throws. */
  snapshot(checkpointId: CheckpointId): Uint8Array {
    assert(this.#phase === 'started', () => `Enumerator snapshotted in phase '${this.#phase}'`);
    try {
      const enumerator = must(this.#enumerator, 'enumerator').snapshotState(checkpointId);
      const held = this.#gateways
        .map((gateway, subtaskIndex) => ({ subtaskIndex, splits: gateway.close(checkpointId) }))
        .filter(({ splits }) => splits.length > 0);
      return encodeEnumeratorState(this.#options.environment.strings, { enumerator, held });
    } catch (error) {
      this.#phase = 'failed';
      throw this.#withContext(error);
    }
  }

  checkpointAcknowledged(subtaskIndex: number, checkpointId: CheckpointId): void {
    if (!this.#isOver) this.#gateway(subtaskIndex).open(checkpointId);
  }

  checkpointCompleted(checkpointId: CheckpointId): void {
    if (this.#isOver) return;
    for (const gateway of this.#gateways) gateway.openUpTo(checkpointId);
    this.#call((enumerator) => enumerator.notifyCheckpointComplete?.(checkpointId));
  }

  checkpointAborted(checkpointId: CheckpointId): void {
    if (!this.#isOver) for (const gateway of this.#gateways) gateway.open(checkpointId);
  }

  /** May be called at any time, also while `start` is under way. Errors of the enumerator are logged. */
  async close(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    for (const timer of this.#timers) timer.cancel();
    this.#closed.resolve();
    const { environment, closeTimeoutMs, operatorName } = this.#options;
    try {
      const closing = Promise.resolve(this.#enumerator?.close?.());
      await settleWithin(closing, { environment, timeoutMs: closeTimeoutMs, what: 'Closing the enumerator' });
    } catch (error) {
      this.#logger.log('warn', `Closing the enumerator of source '${operatorName}' failed`, { error });
    }
  }

  get #isOver(): boolean {
    return this.#phase === 'failed' || this.#phase === 'closed';
  }

  #restoredState(): EnumeratorState | undefined {
    const { restored, environment } = this.#options;
    return restored === undefined ? undefined : decodeEnumeratorState(environment.strings, restored);
  }

  #context(): EnumeratorContext<SourceSplit> {
    return {
      environment: this.#options.environment,
      logger: this.#logger,
      parallelism: this.#options.parallelism,
      registeredReaders: this.#registeredReaders,
      assignSplits: (subtaskIndex, splits) => this.#registered(subtaskIndex).assignSplits(splits),
      signalNoMoreSplits: (subtaskIndex) => this.#registered(subtaskIndex).signalNoMoreSplits(),
      signalNoSplitsYet: (subtaskIndex) => this.#registered(subtaskIndex).signalNoSplitsYet(),
      setUnassignedLowerBound: (timestampMs) => {
        this.#lowerBoundMs = timestampMs;
      },
      callAsync: (work, handler) => {
        this.#runAsync(work, handler);
      },
      after: (delayMs, action) => this.#after(delayMs, action),
    };
  }

  #runAsync<R>(work: () => Promise<R>, handler: (result: R) => void): void {
    Promise.try(work).then(
      (result) => this.#call(() => handler(result)),
      (error: unknown) => this.#onError(error),
    );
  }

  #after(delayMs: number, action: () => void): void {
    if (this.#isOver) return;
    const timer = this.#options.environment.timers.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#call(action);
    });
    this.#timers.add(timer);
  }

  /** Every call into the enumerator but `start`, `snapshotState` and `close`. Calls to one that has ended are dropped. */
  #call(action: (enumerator: SplitEnumerator<SourceSplit, unknown>) => void): void {
    if (this.#isOver) return;
    try {
      action(must(this.#enumerator, 'enumerator'));
      this.#offerLowerBound();
    } catch (error) {
      this.#onError(error);
    }
  }

  /**
   * At the end of a call, so that the bound comes after the splits that were assigned before it rose: a reader that lifted its
   * watermark first would drop their records as late.
   */
  #offerLowerBound(): void {
    if (this.#lowerBoundMs === undefined) return;
    for (const subtaskIndex of this.#registeredReaders) this.#gateway(subtaskIndex).offerLowerBound(this.#lowerBoundMs);
  }

  #registered(subtaskIndex: number): SubtaskGateway {
    if (this.#registeredReaders.has(subtaskIndex)) return this.#gateway(subtaskIndex);
    throw new MillraceError(
      'USER_FUNCTION_FAILED',
      `Assigning splits failed: reader ${subtaskIndex} of source '${this.#options.operatorName}' has not registered`,
      { recovery: 'fail-job' },
    );
  }

  #gateway(subtaskIndex: number): SubtaskGateway {
    return must(this.#gateways[subtaskIndex], `gateway to reader ${subtaskIndex}`);
  }

  #onError(error: unknown): void {
    if (this.#isOver) return;
    this.#phase = 'failed';
    this.#options.fail(this.#withContext(error));
  }

  #withContext(error: unknown): MillraceError {
    const { operatorName, operatorUid } = this.#options;
    return withContext(error, { operatorName, operatorUid }, 'INPUT_UNREADABLE');
  }
}
