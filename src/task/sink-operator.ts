/**
 * A sink as an operator: its writer takes the records; what the writer hands over before a barrier waits in operator state until
 * the checkpoint is complete, and then goes to the committer. After a restore, what the restored checkpoint covers is committed
 * again before the first record: the process may have died between completion and commit.
 */
import { assert, must } from '../base/assert.ts';
import type { CommitPermit } from '../base/commit-permit.ts';
import { MillraceError } from '../base/errors.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { CheckpointId } from '../base/ids.ts';
import { metricIndex } from '../base/metrics.ts';
import type { SubtaskMetrics } from '../base/metrics.ts';
import type { OperatorContext, OperatorInput, StreamOperator } from '../base/operator.ts';
import type { ListStateHandle } from '../base/operator-state.ts';
import type { Committer, Sink, SinkWriter, WriterContext } from '../base/sink.ts';

/** What a sink operator needs beyond every operator's context. */
export interface SinkRuntime {
  readonly writerContext: Pick<
    WriterContext,
    'jobId' | 'operatorId' | 'runId' | 'fencingEpoch' | 'isCheckpointingEnabled' | 'fail' | 'collectRows'
  >;
  readonly committerRetries: number;
  /** The permit of the checkpoint that this attempt was restored from; undefined on a fresh start. */
  readonly restoredPermit: CommitPermit | undefined;
}

interface PendingCommittable {
  readonly checkpointId: CheckpointId;
  readonly committable: unknown;
}

const NOT_SET_UP = 'A sink is used before its setup';
const RECORDS_SENT = metricIndex('numRecordsSend');

export class SinkOperator implements StreamOperator, OperatorInput {
  readonly #sink: Sink<unknown>;
  readonly #runtime: SinkRuntime;
  #context: OperatorContext | undefined;
  #metrics: SubtaskMetrics | undefined;
  #writer: SinkWriter<unknown, unknown, unknown> | undefined;
  #committer: Committer<unknown> | undefined;
  #writerStates: ListStateHandle<unknown> | undefined;
  #committables: ListStateHandle<PendingCommittable> | undefined;
  #pending: readonly PendingCommittable[] = [];
  #watermarkMs: EventTimeMs = WATERMARK_MIN;
  #isEndOfInput = false;
  /** Commits run one after the other, in the order of their checkpoints. */
  #commits: Promise<void> = Promise.resolve();

  constructor(sink: Sink<unknown>, runtime: SinkRuntime) {
    this.#sink = sink;
    this.#runtime = runtime;
  }

  setup(context: OperatorContext): void {
    this.#context = context;
    this.#metrics = context.metrics;
    this.#writerStates = context.operatorState.listState('sink-writer', this.#sink.writerStateMode ?? 'split');
    this.#committables = context.operatorState.listState('sink-committables', 'split');
    this.#pending = this.#committables.get();
    const { environment, logger, attemptNumber, subtaskIndex, parallelism } = context;
    const writerContext: WriterContext = {
      ...this.#runtime.writerContext,
      environment,
      logger,
      attemptNumber,
      subtaskIndex,
      parallelism,
      wakeUp: () => context.wakeUp(),
    };
    this.#committer = this.#sink.createCommitter?.(writerContext);
    this.#writer = this.#sink.createWriter(writerContext, this.#writerStates.get());
  }

  /** Old committables first: the writer's clean-up must not meet files that are still to be committed. */
  async open(): Promise<void> {
    const permit = this.#runtime.restoredPermit;
    if (permit !== undefined) await this.#commitInTurn(permit);
    await this.#openWriter().open();
  }

  input(): OperatorInput {
    return this;
  }

  processElement(value: unknown, timestampMs: EventTimeMs): void {
    const writer = this.#writer;
    const metrics = this.#metrics;
    if (writer === undefined || metrics === undefined) throw new MillraceError('INVARIANT_VIOLATED', NOT_SET_UP);
    writer.write(value, timestampMs, this.#watermarkMs);
    metrics.increment(RECORDS_SENT);
  }

  processWatermark(watermarkMs: EventTimeMs): void {
    this.#watermarkMs = watermarkMs;
  }

  isAvailable(): boolean {
    return this.#writer?.isWritable === true;
  }

  finish(): void {
    this.#isEndOfInput = true;
  }

  prepareBarrier(checkpointId: CheckpointId): void {
    const made = this.#openWriter().prepareCommit(checkpointId, this.#isEndOfInput);
    assert(
      made.length === 0 || this.#committer !== undefined,
      () => `Sink '${this.#sink.kind}' made committables but has no committer`,
    );
    this.#pending = [...this.#pending, ...made.map((committable) => ({ checkpointId, committable }))];
  }

  snapshot(checkpointId: CheckpointId): Promise<void> {
    const writer = this.#openWriter();
    must(this.#writerStates, 'writer states').update(writer.snapshotState(checkpointId));
    must(this.#committables, 'committables').update(this.#pending);
    return writer.durable();
  }

  checkpointCompleted(permit: CommitPermit): Promise<void> {
    return this.#commitInTurn(permit);
  }

  /** What is being committed is waited for: nobody else may begin with the same committables before. */
  async close(): Promise<void> {
    await this.#commits.catch(() => {});
    try {
      await this.#writer?.close();
    } finally {
      await this.#committer?.close?.();
    }
  }

  #commitInTurn(permit: CommitPermit): Promise<void> {
    this.#commits = this.#commits.then(() => this.#commit(permit));
    return this.#commits;
  }

  /** Everything up to the permit's checkpoint, in ascending order of checkpoints. */
  async #commit(permit: CommitPermit): Promise<void> {
    let open = this.#pending.filter(({ checkpointId }) => checkpointId <= permit.checkpointId);
    for (let round = 0; open.length > 0; round++) {
      if (round > this.#runtime.committerRetries) {
        throw new MillraceError(
          'OUTPUT_FAILED',
          `Committing ${open.length} committables of sink '${this.#sink.kind}' failed: still to be retried after ${round} rounds`,
        );
      }
      const outcomes = await must(this.#committer, 'committer').commit(
        permit,
        open.map(({ committable }) => committable),
      );
      assert(
        outcomes.length === open.length,
        () => `Committer of sink '${this.#sink.kind}' answered ${outcomes.length} of ${open.length} committables`,
      );
      const done = new Set(open.filter((_, index) => outcomes[index] !== 'retry'));
      this.#openContext().metrics.add('successfulCommittables', done.size);
      this.#pending = this.#pending.filter((pending) => !done.has(pending));
      open = open.filter((pending) => !done.has(pending));
    }
  }

  #openWriter(): SinkWriter<unknown, unknown, unknown> {
    return must(this.#writer, 'sink writer');
  }

  #openContext(): OperatorContext {
    return must(this.#context, 'operator context');
  }
}
