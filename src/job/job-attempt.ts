/**
 * One attempt to run the job: its enumerators on this thread, its subtasks wherever the host puts them, and the messages between
 * the two and the checkpoint coordinator. Life: deploy → ... → end; `end` may come at any time and ends a deployment too.
 * What arrives after `end` was called is dropped.
 */
import { assert, must } from '../base/assert.ts';
import type { CheckpointCompleted } from '../base/commit-permit.ts';
import type { DeclineReason, SubtaskStatus, TriggerCheckpoint } from '../base/control-plane.ts';
import type { Environment } from '../base/environment.ts';
import { toErrorRecord, withContext } from '../base/errors.ts';
import type { ErrorRecord } from '../base/errors.ts';
import { subtaskKey } from '../base/ids.ts';
import type { CheckpointId, OperatorId, SubtaskAddress } from '../base/ids.ts';
import type { SubtaskMetrics } from '../base/metrics.ts';
import type { SubtaskSnapshot } from '../base/state-handle.ts';
import type {
  CheckpointTargets,
  EnumeratorSnapshot,
  EnumeratorSnapshots,
} from '../checkpoint/coordinator/checkpoint-targets.ts';
import type { RestorePlan } from '../checkpoint/protocol/plan-restore.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { JobVertex } from '../graph/job-graph.ts';
import type { Attempt, AttemptListener, AttemptPlan, Host } from './host.ts';
import { SourceCoordinator } from './sources/source-coordinator.ts';

export interface JobAttemptOptions {
  readonly attemptNumber: number;
  readonly host: Host;
  /** The main thread's own evaluation of the definition: its sources make the enumerators. */
  readonly graph: ExecutionGraph;
  readonly environment: Environment;
  readonly runId: string;
  readonly fencingEpoch: number;
  /** Undefined: starts empty. */
  readonly restore: RestorePlan | undefined;
  /** For enumerators. */
  readonly openTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly listener: JobAttemptListener;
}

export interface JobAttemptListener extends Pick<AttemptListener, 'collected' | 'log'> {
  subtaskStatus(subtask: SubtaskAddress, status: SubtaskStatus): void;
  checkpointAcknowledged(subtask: SubtaskAddress, checkpointId: CheckpointId, snapshot: SubtaskSnapshot): void;
  checkpointDeclined(
    subtask: SubtaskAddress,
    checkpointId: CheckpointId,
    reason: DeclineReason,
    error: ErrorRecord | undefined,
  ): void;
  /** Of a subtask, a slot or an enumerator. */
  failed(error: ErrorRecord): void;
}

export class JobAttempt implements CheckpointTargets, EnumeratorSnapshots {
  readonly attemptNumber: number;
  readonly #options: JobAttemptOptions;
  readonly #sources: ReadonlyMap<OperatorId, SourceCoordinator>;
  #attempt: Attempt | undefined;
  #deployment: Promise<void> = Promise.resolve();
  #isOver = false;
  /** What slots say before all of them take calls: an answer would find no attempt. */
  #early: (() => void)[] = [];

  constructor(options: JobAttemptOptions) {
    this.attemptNumber = options.attemptNumber;
    this.#options = options;
    const sources = options.graph.jobGraph.vertices.filter((vertex) => this.#hasEnumerator(vertex));
    this.#sources = new Map(sources.map((vertex) => [vertex.id, this.#sourceCoordinator(vertex)]));
  }

  /** Enumerators first: an input that is not there is noticed before threads and channels are made. */
  deploy(): Promise<void> {
    this.#deployment = this.#deploy();
    return this.#deployment;
  }

  /** Settles when everything is closed. Never rejects. `beforeDispose` sees the last metrics. */
  async end(beforeDispose: () => void): Promise<void> {
    this.#isOver = true;
    const closing = [...this.#sources.values()].map((source) => source.close());
    // A failed deployment has been reported by whoever called `deploy`, and has left nothing behind.
    await this.#deployment.catch(() => {});
    await this.#attempt?.cancel();
    await Promise.all(closing);
    beforeDispose();
    this.#attempt?.dispose();
    this.#attempt = undefined;
  }

  metrics(subtask: SubtaskAddress): SubtaskMetrics | undefined {
    return this.#attempt?.metrics(subtask);
  }

  trigger(subtask: SubtaskAddress, trigger: TriggerCheckpoint): void {
    this.#slot(subtask)?.triggerCheckpoint(subtask, trigger);
  }

  completed(completed: CheckpointCompleted): void {
    if (this.#isOver) return;
    for (const slot of this.#attempt?.slots ?? []) slot.checkpointCompleted(completed);
    for (const source of this.#sources.values()) source.checkpointCompleted(completed.checkpointId);
  }

  aborted(checkpointId: CheckpointId): void {
    if (this.#isOver) return;
    for (const slot of this.#attempt?.slots ?? []) slot.checkpointAborted(checkpointId);
    for (const source of this.#sources.values()) source.checkpointAborted(checkpointId);
  }

  snapshot(checkpointId: CheckpointId): Promise<readonly EnumeratorSnapshot[]> {
    return Promise.try(() =>
      [...this.#sources].map(([operatorId, source]) => ({ operatorId, state: source.snapshot(checkpointId) })),
    );
  }

  async #deploy(): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.start()));
    if (this.#isOver) return;
    this.#attempt = await this.#options.host.deploy(this.#plan(), this.#attemptListener());
    const early = this.#early;
    this.#early = [];
    for (const message of early) message();
  }

  #plan(): AttemptPlan {
    const { attemptNumber, graph, runId, fencingEpoch, restore } = this.#options;
    return {
      attemptNumber,
      jobGraphHash: graph.jobGraph.hash,
      runId,
      fencingEpoch,
      restoredCheckpoint: restore?.checkpoint,
      subtasks: graph.subtasks.map((address) => ({ address, restore: restore?.subtasks.get(subtaskKey(address)) })),
    };
  }

  #attemptListener(): AttemptListener {
    const { listener } = this.#options;
    const whileLive =
      <Args extends unknown[]>(handle: (...args: Args) => void) =>
      (...args: Args): void => {
        if (this.#isOver) return;
        if (this.#attempt === undefined) {
          this.#early.push(() => whileLive(handle)(...args));
          return;
        }
        try {
          handle(...args);
        } catch (error) {
          // An assertion of ours: the slot that sent the message has no part in it.
          listener.failed(toErrorRecord(withContext(error, {}, 'INVARIANT_VIOLATED')));
        }
      };
    return {
      subtaskStatus: whileLive((subtask, status) => listener.subtaskStatus(subtask, status)),
      subtaskFailed: whileLive((_subtask, error) => listener.failed(error)),
      slotDied: whileLive((_slotIndex, error) => listener.failed(error)),
      acknowledgeCheckpoint: whileLive((subtask, checkpointId, snapshot) => {
        listener.checkpointAcknowledged(subtask, checkpointId, snapshot);
        this.#sources.get(subtask.vertexId)?.checkpointAcknowledged(subtask.subtaskIndex, checkpointId);
      }),
      declineCheckpoint: whileLive((subtask, checkpointId, reason, error) =>
        listener.checkpointDeclined(subtask, checkpointId, reason, error),
      ),
      readerEvent: whileLive((subtask, sourceOperatorId, event) =>
        must(this.#sources.get(sourceOperatorId), `source ${sourceOperatorId}`).handleReaderEvent(
          subtask.subtaskIndex,
          event,
        ),
      ),
      // Rows of a commit are good even when the attempt fails right after it.
      collected: (sinkId, batchId, rows) => listener.collected(sinkId, batchId, rows),
      log: (level, message, fields) => listener.log(level, message, fields),
    };
  }

  /** A source whose subtasks had all finished reads nothing any more. */
  #hasEnumerator(vertex: JobVertex): boolean {
    const firstSubtask = subtaskKey({ vertexId: vertex.id, subtaskIndex: 0 });
    return (
      vertex.chain[0]?.role.kind === 'source' && this.#options.restore?.subtasks.get(firstSubtask)?.isFinished !== true
    );
  }

  #sourceCoordinator(vertex: JobVertex): SourceCoordinator {
    const { environment, restore, openTimeoutMs, closeTimeoutMs, listener } = this.#options;
    const { role, name, uid, operatorId } = must(vertex.chain[0], 'head of a chain');
    assert(role.kind === 'source', () => `Head '${name}' of a chain is not a source`);
    return new SourceCoordinator({
      operatorId,
      operatorName: name,
      operatorUid: uid,
      source: role.source,
      parallelism: vertex.parallelism,
      environment,
      openTimeoutMs,
      closeTimeoutMs,
      restored: restore?.enumerators.get(operatorId),
      send: (subtaskIndex, event) => {
        const subtask = { vertexId: vertex.id, subtaskIndex };
        this.#slot(subtask)?.sourceEvent(subtask, operatorId, event);
      },
      fail: (error) => {
        if (!this.#isOver) listener.failed(toErrorRecord(error));
      },
    });
  }

  #slot({ subtaskIndex }: SubtaskAddress): Attempt['slots'][number] | undefined {
    if (this.#isOver) return undefined;
    return must(must(this.#attempt, 'deployed attempt').slots[subtaskIndex], `slot ${subtaskIndex}`);
  }
}
