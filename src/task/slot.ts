/**
 * All subtasks of one slot, stepped one after the other on one thread. The host calls `round` again and again (between rounds its
 * event loop gets a turn), sleeps when a round did nothing, and carries the slot's messages. The slot itself never waits.
 */
import type { CheckpointCompleted } from '../base/commit-permit.ts';
import type { SlotCalls, SourceEvent, TriggerCheckpoint } from '../base/control-plane.ts';
import type { Clock } from '../base/environment.ts';
import { subtaskKey } from '../base/ids.ts';
import type { CheckpointId, OperatorId, SubtaskAddress } from '../base/ids.ts';
import type { SubtaskMetricName } from '../base/metrics.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';
import { Subtask } from './subtask.ts';
import type { StepResult } from './subtask.ts';

export interface RoundResult {
  /** False: nothing to do until something wakes the slot, or until `nextWakeUpMs`. */
  readonly didWork: boolean;
  /** Wall-clock ms of the next timer, Infinity for none. */
  readonly nextWakeUpMs: number;
}

export type SlotMessages = Omit<SlotCalls, 'cancel'>;

export class Slot implements SlotMessages {
  readonly #runtime: SlotRuntime;
  readonly #subtasks: readonly Subtask[];
  readonly #byKey: ReadonlyMap<string, Subtask>;
  readonly #clocks: readonly SubtaskClock[];

  constructor(deployments: readonly SubtaskDeployment[], runtime: SlotRuntime) {
    this.#runtime = runtime;
    this.#subtasks = deployments.map((deployment) => new Subtask(deployment, runtime));
    this.#byKey = new Map(this.#subtasks.map((subtask) => [subtaskKey(subtask.deployment.address), subtask]));
    this.#clocks = this.#subtasks.map((subtask) => new SubtaskClock(subtask, runtime.environment.clock));
  }

  /** Opens all subtasks side by side; each reports for itself. */
  async start(): Promise<void> {
    await Promise.all(this.#subtasks.map((subtask) => subtask.start()));
  }

  /** One step of each subtask. `onSubtask` is told which one is about to run: the health watch names it. */
  round(onSubtask?: (index: number) => void): RoundResult {
    let didWork = false;
    let nextWakeUpMs = Number.POSITIVE_INFINITY;
    for (const [index, subtask] of this.#subtasks.entries()) {
      onSubtask?.(index);
      const result = this.step(index);
      if (result === 'progress' || subtask.isBusyInBackground) didWork = true;
      nextWakeUpMs = Math.min(nextWakeUpMs, subtask.nextWakeUpMs);
    }
    return { didWork, nextWakeUpMs };
  }

  /** One step of one subtask; the simulator draws which. */
  step(index: number): StepResult {
    return this.#clocks[index]?.step() ?? 'done';
  }

  get subtasks(): readonly Subtask[] {
    return this.#subtasks;
  }

  triggerCheckpoint(address: SubtaskAddress, trigger: TriggerCheckpoint): void {
    this.#byKey.get(subtaskKey(address))?.trigger(trigger);
  }

  checkpointCompleted(completed: CheckpointCompleted): void {
    this.#runtime.checkpoints.completed(completed.checkpointId);
    for (const subtask of this.#subtasks) subtask.checkpointCompleted(completed);
  }

  checkpointAborted(checkpointId: CheckpointId): void {
    this.#runtime.checkpoints.aborted(checkpointId);
    for (const subtask of this.#subtasks) subtask.checkpointAborted(checkpointId);
  }

  sourceEvent(address: SubtaskAddress, _sourceOperatorId: OperatorId, event: SourceEvent): void {
    this.#byKey.get(subtaskKey(address))?.sourceEvent(event);
  }

  /** Entries of each keyed state, largest first: for the memory watch. */
  stateSizes(): readonly { readonly state: string; readonly entries: number }[] {
    return this.#subtasks.flatMap((subtask) => subtask.stateSizes()).toSorted((a, b) => b.entries - a.entries);
  }

  /** Ends all subtasks; settles when each is closed. */
  async close(): Promise<void> {
    await Promise.all(this.#subtasks.map((subtask) => subtask.close()));
    await this.#runtime.checkpoints.close();
  }
}

/**
 * Shares the time since a subtask's first step out among busy, back-pressured and idle. Time between two steps belongs to what the
 * earlier one found: a full output, or nothing to do; where there was more to do, it was the turn of others of the slot.
 */
class SubtaskClock {
  readonly #subtask: Subtask;
  readonly #clock: Clock;
  #lastMs: number | undefined;
  #lastResult: StepResult = 'idle';

  constructor(subtask: Subtask, clock: Clock) {
    this.#subtask = subtask;
    this.#clock = clock;
  }

  step(): StepResult {
    const { metrics } = this.#subtask.deployment;
    const startedMs = this.#clock.monotonicMs();
    const waitedMs = startedMs - (this.#lastMs ?? startedMs);
    const result = this.#subtask.step();
    const endedMs = this.#clock.monotonicMs();
    metrics.add(this.#lastResult === 'blocked' ? 'accumulateBackPressuredTimeMs' : 'accumulateIdleTimeMs', waitedMs);
    metrics.add(TIME_OF[result], endedMs - startedMs);
    metrics.max('longestBlockMs', endedMs - startedMs);
    this.#lastMs = endedMs;
    this.#lastResult = result;
    return result;
  }
}

const TIME_OF: Readonly<Record<StepResult, SubtaskMetricName>> = {
  progress: 'accumulateBusyTimeMs',
  blocked: 'accumulateBackPressuredTimeMs',
  idle: 'accumulateIdleTimeMs',
  done: 'accumulateIdleTimeMs',
};
