/**
 * A host without subtasks: a test plays them. It notes what the job master does with its attempts, and never lets two of them
 * exist at once.
 */
import { must } from '../../src/base/assert.ts';
import type { CheckpointCompleted } from '../../src/base/commit-permit.ts';
import type { SourceEvent, SubtaskStatus, TriggerCheckpoint } from '../../src/base/control-plane.ts';
import type { ErrorRecord } from '../../src/base/errors.ts';
import { subtaskKey } from '../../src/base/ids.ts';
import type { CheckpointId, OperatorId, SubtaskAddress } from '../../src/base/ids.ts';
import { SubtaskMetrics } from '../../src/base/metrics.ts';
import type { OperatorSubtaskState, SubtaskSnapshot } from '../../src/base/state-handle.ts';
import type { ExecutionGraph } from '../../src/graph/execution-graph.ts';
import type { Attempt, AttemptListener, AttemptPlan, Host } from '../../src/job/host.ts';

export const TASK_THREAD_DIED: ErrorRecord = {
  name: 'MillraceError',
  message: 'Slot 0 exited with code 1',
  code: 'TASK_THREAD_DIED',
  recovery: 'restart',
};

export class FakeHost implements Host {
  readonly slotCount = 8;
  readonly attempts: FakeAttempt[] = [];
  /** Set: the next deployments fail with it. */
  deployError: Error | undefined;
  /** Set: deployments settle only with it. */
  deployGate: Promise<void> | undefined;
  /** Slots that are ready speak before the deployment has settled. */
  onDeploying: ((attempt: FakeAttempt) => void) | undefined;
  readonly #graph: ExecutionGraph;

  constructor(graph: ExecutionGraph) {
    this.#graph = graph;
  }

  get attempt(): FakeAttempt {
    return must(this.attempts.at(-1), 'deployed attempt');
  }

  async deploy(plan: AttemptPlan, listener: AttemptListener): Promise<Attempt> {
    if (this.attempts.some(({ isDisposed }) => !isDisposed)) throw new Error('Two attempts at once');
    await this.deployGate;
    if (this.deployError !== undefined) throw this.deployError;
    const attempt = new FakeAttempt(structuredClone(plan), listener, this.#graph);
    this.attempts.push(attempt);
    this.onDeploying?.(attempt);
    return attempt;
  }
}

export class FakeAttempt implements Attempt {
  readonly plan: AttemptPlan;
  readonly listener: AttemptListener;
  readonly slots: Attempt['slots'];
  /** 'trigger 3 source#0', 'completed 3', 'aborted 3', 'add-splits source#1', 'cancel', 'dispose': in their order. */
  readonly calls: string[] = [];
  readonly triggers: TriggerCheckpoint[] = [];
  /** Set: `cancel` settles only with it. */
  cancelGate: Promise<void> | undefined;
  isDisposed = false;
  readonly #graph: ExecutionGraph;
  readonly #metrics = new Map<string, SubtaskMetrics>();

  constructor(plan: AttemptPlan, listener: AttemptListener, graph: ExecutionGraph) {
    this.plan = plan;
    this.listener = listener;
    this.#graph = graph;
    const slotCount = Math.max(...graph.jobGraph.vertices.map(({ parallelism }) => parallelism));
    this.slots = Array.from({ length: slotCount }, (_, slotIndex) => this.#slot(slotIndex));
  }

  get subtasks(): readonly SubtaskAddress[] {
    return this.plan.subtasks.map(({ address }) => address);
  }

  /** Subtasks of the vertex whose first operator has this name. */
  subtasksOf(name: string): readonly SubtaskAddress[] {
    const vertex = must(
      this.#graph.jobGraph.vertices.find(({ chain }) => chain[0]?.name === name),
      `vertex '${name}'`,
    );
    return this.subtasks.filter(({ vertexId }) => vertexId === vertex.id);
  }

  report(status: SubtaskStatus, subtasks: readonly SubtaskAddress[] = this.subtasks): void {
    for (const subtask of subtasks) this.listener.subtaskStatus(subtask, status);
  }

  acknowledge(
    id: CheckpointId,
    subtasks: readonly SubtaskAddress[] = this.subtasks,
    snapshot: Partial<SubtaskSnapshot> = {},
  ): void {
    for (const subtask of subtasks) {
      this.listener.acknowledgeCheckpoint(subtask, id, {
        operators: this.#emptyStates(subtask),
        isFinished: false,
        statistics: {
          alignmentMs: 0,
          syncMs: 0,
          asyncMs: 0,
          startDelayMs: 0,
          writtenBytes: 10,
          stateBytes: 20,
        },
        ...snapshot,
      });
    }
  }

  fail(error: ErrorRecord): void {
    this.listener.subtaskFailed(must(this.subtasks[0], 'subtask'), error);
  }

  metrics(subtask: SubtaskAddress): SubtaskMetrics {
    const metrics = this.#metrics.get(subtaskKey(subtask)) ?? new SubtaskMetrics();
    this.#metrics.set(subtaskKey(subtask), metrics);
    return metrics;
  }

  async cancel(): Promise<void> {
    this.calls.push('cancel');
    await this.cancelGate;
  }

  dispose(): void {
    this.calls.push('dispose');
    this.isDisposed = true;
  }

  #slot(slotIndex: number): Attempt['slots'][number] {
    // Messages to all slots are noted once.
    const note = (call: string): void => void (slotIndex === 0 && this.calls.push(call));
    return {
      triggerCheckpoint: (subtask, trigger) => {
        this.calls.push(`trigger ${trigger.checkpointId} ${this.#shown(subtask)}`);
        this.triggers.push(trigger);
      },
      checkpointCompleted: ({ checkpointId }: CheckpointCompleted) => note(`completed ${checkpointId}`),
      checkpointAborted: (checkpointId) => note(`aborted ${checkpointId}`),
      sourceEvent: (subtask: SubtaskAddress, _sourceOperatorId: OperatorId, event: SourceEvent) =>
        void this.calls.push(`${event.kind} ${this.#shown(subtask)}`),
    };
  }

  #shown({ vertexId, subtaskIndex }: SubtaskAddress): string {
    return `${this.#graph.jobGraph.vertices.find(({ id }) => id === vertexId)?.chain[0]?.name}#${subtaskIndex}`;
  }

  #emptyStates({ vertexId }: SubtaskAddress): readonly OperatorSubtaskState[] {
    const vertex = must(
      this.#graph.jobGraph.vertices.find(({ id }) => id === vertexId),
      'vertex of a subtask',
    );
    return vertex.chain.map(({ operatorId }) => ({
      operatorId,
      keyed: [],
      states: [],
      lists: [],
      watermarkMs: undefined,
    }));
  }
}
