/** One attempt over the slots' threads, as the job master sees it. */
import { must } from '../../base/assert.ts';
import { fromErrorRecord, MillraceError, toErrorRecord } from '../../base/errors.ts';
import type { SubtaskAddress } from '../../base/ids.ts';
import type { SubtaskMetrics } from '../../base/metrics.ts';
import type { MasterCalls } from '../../base/control-plane.ts';
import type { Attempt, AttemptListener, AttemptPlan } from '../../job/host.ts';
import { deliver } from '../master-calls.ts';
import type { MasterMessage } from '../master-calls.ts';
import { nodeTimers } from '../node/node-timers.ts';
import type { SlotThread } from './slot-thread-handle.ts';
import type { AttemptMemory, FromSlotThread, SlotMessage } from './thread-messages.ts';

export interface ThreadsAttemptOptions {
  readonly plan: AttemptPlan;
  readonly memory: AttemptMemory;
  readonly threads: readonly SlotThread[];
  readonly listener: AttemptListener;
  /** The same with the end of the attempt left out: `cancel` is awaited instead. */
  readonly master: MasterCalls;
  readonly metrics: (subtask: SubtaskAddress) => SubtaskMetrics;
  readonly cancellationTimeoutMs: number;
  readonly onDisposed: () => void;
}

export class ThreadsAttempt implements Attempt {
  readonly slots: Attempt['slots'];
  readonly #options: ThreadsAttemptOptions;
  /** 'live': between deployment and cancel, when the listener is told what happens. */
  #phase: 'deploying' | 'live' | 'over' = 'deploying';
  /** By slot: the answer to the deployment. */
  readonly #answers: ReadonlyMap<number, PromiseWithResolvers<void>>;
  /** By slot, while it is being canceled: settled by its end. */
  readonly #ends = new Map<number, () => void>();
  /** The first of the slots that died while others were still deploying. */
  #earlyDeath: MillraceError | undefined;

  constructor(options: ThreadsAttemptOptions) {
    this.#options = options;
    this.slots = options.threads.map((thread) => this.#slotCalls(thread));
    this.#answers = new Map(options.threads.map(({ slotIndex }) => [slotIndex, Promise.withResolvers<void>()]));
    for (const thread of options.threads) {
      thread.listen({
        onMessage: (message) => this.#onMessage(thread.slotIndex, message),
        onDied: (error) => this.#onDied(thread.slotIndex, error),
      });
    }
  }

  /**
   * Settles when every slot takes calls; rejects with the first refusal after all have answered. Slots start only then, so the
   * listener hears nothing before. Called once, right after the constructor.
   */
  async deploy(): Promise<void> {
    const { threads, plan, memory } = this.#options;
    for (const thread of threads) {
      const subtasks = plan.subtasks.filter(({ address }) => address.subtaskIndex === thread.slotIndex);
      thread.send({ kind: 'deploy', plan: { ...plan, subtasks }, memory });
    }
    const answers = await Promise.allSettled([...this.#answers.values()].map(({ promise }) => promise));
    const refused = answers.find(({ status }) => status === 'rejected');
    if (refused?.status === 'rejected') throw refused.reason;
    if (this.#earlyDeath !== undefined) throw this.#earlyDeath;
    this.#phase = 'live';
    for (const thread of threads) thread.send({ kind: 'start', attemptNumber: plan.attemptNumber });
  }

  metrics(subtask: SubtaskAddress): SubtaskMetrics {
    return this.#options.metrics(subtask);
  }

  async cancel(): Promise<void> {
    this.#phase = 'over';
    const alive = this.#options.threads.filter((thread) => thread.isAlive);
    await Promise.all(alive.map((thread) => this.#cancelSlot(thread)));
  }

  dispose(): void {
    this.#phase = 'over';
    this.#options.onDisposed();
  }

  async #cancelSlot(thread: SlotThread): Promise<void> {
    const { plan, cancellationTimeoutMs } = this.#options;
    const end = new Promise<void>((resolve) => this.#ends.set(thread.slotIndex, resolve));
    thread.send({ kind: 'cancel', attemptNumber: plan.attemptNumber });
    if (await settlesWithin(end, cancellationTimeoutMs)) return;
    const message = `Slot ${thread.slotIndex} did not close its subtasks within ${cancellationTimeoutMs} ms`;
    await thread.end(new MillraceError('TASK_STUCK', message));
  }

  #onMessage(slotIndex: number, message: FromSlotThread): void {
    const { plan, listener } = this.#options;
    switch (message.kind) {
      case 'ready':
        return;
      case 'fatal':
        if (this.#phase === 'live') listener.slotDied(slotIndex, message.error);
        return;
      case 'deployed':
        this.#answers.get(slotIndex)?.resolve();
        return;
      case 'deploy-failed':
        this.#answers.get(slotIndex)?.reject(fromErrorRecord(message.error));
        return;
      case 'master-call':
        if (message.attemptNumber === plan.attemptNumber) this.#onCall(message.message);
        return;
      case 'ended':
        if (message.attemptNumber === plan.attemptNumber) this.#ends.get(slotIndex)?.();
        return;
    }
  }

  /** Logs of the last moments are still wanted; nothing else of an attempt that is over is. */
  #onCall(message: MasterMessage): void {
    if (this.#phase === 'live' || message.method === 'log') deliver(message, this.#options.master);
  }

  #onDied(slotIndex: number, error: MillraceError): void {
    this.#answers.get(slotIndex)?.reject(error);
    this.#ends.get(slotIndex)?.();
    if (this.#phase === 'deploying') this.#earlyDeath ??= error;
    else if (this.#phase === 'live') this.#options.listener.slotDied(slotIndex, toErrorRecord(error));
  }

  #slotCalls(thread: SlotThread): Attempt['slots'][number] {
    const { attemptNumber } = this.#options.plan;
    const send = (message: SlotMessage): void => thread.send({ kind: 'slot-call', attemptNumber, message });
    return {
      triggerCheckpoint: (...args) => send({ method: 'triggerCheckpoint', args }),
      checkpointCompleted: (...args) => send({ method: 'checkpointCompleted', args }),
      checkpointAborted: (...args) => send({ method: 'checkpointAborted', args }),
      sourceEvent: (...args) => send({ method: 'sourceEvent', args }),
    };
  }
}

async function settlesWithin(promise: Promise<void>, timeoutMs: number): Promise<boolean> {
  const timeUp = Promise.withResolvers<false>();
  const timer = nodeTimers.after(timeoutMs, () => timeUp.resolve(false));
  const settled = await Promise.race([promise.then(() => true as const), timeUp.promise]);
  timer.cancel();
  return settled;
}

/** The vertex name of each subtask of a slot, in the order of its deployment: what the health watch names. */
export function operatorNamesOf(
  plan: AttemptPlan,
  slotIndex: number,
  vertexName: (address: SubtaskAddress) => string | undefined,
): readonly string[] {
  return plan.subtasks
    .filter(({ address }) => address.subtaskIndex === slotIndex)
    .map(({ address }) => must(vertexName(address), 'vertex of the subtask'));
}
