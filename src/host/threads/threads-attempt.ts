/** One attempt over the slots' threads, as the job master sees it. */
import { must } from '../../base/assert.ts';
import { toErrorRecord } from '../../base/errors.ts';
import { fromErrorRecord, MillraceError } from '../../base/errors.ts';
import type { SubtaskAddress } from '../../base/ids.ts';
import type { SubtaskMetrics } from '../../base/metrics.ts';
import type { MasterCalls } from '../../base/control-plane.ts';
import type { Attempt, AttemptListener, AttemptPlan } from '../../job/host.ts';
import { deliver } from '../master-calls.ts';
import type { SlotThreadHandle } from './slot-thread-handle.ts';
import type { AttemptMemory, FromSlotThread, SlotMessage } from './thread-messages.ts';

export interface ThreadsAttemptOptions {
  readonly plan: AttemptPlan;
  readonly memory: AttemptMemory;
  readonly threads: readonly SlotThreadHandle[];
  readonly listener: AttemptListener;
  /** The same with the end of the attempt left out: `cancel` is awaited instead. */
  readonly master: MasterCalls;
  readonly metrics: (subtask: SubtaskAddress) => SubtaskMetrics;
  readonly cancellationTimeoutMs: number;
  readonly onDisposed: () => void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class ThreadsAttempt implements Attempt {
  readonly slots: Attempt['slots'];
  readonly #options: ThreadsAttemptOptions;
  /** Slots that have not answered the deployment yet. */
  readonly #deploying = new Map<number, Waiting>();
  readonly #ending = new Map<number, Waiting>();
  #isClosed = false;

  constructor(options: ThreadsAttemptOptions) {
    this.#options = options;
    this.slots = options.threads.map((thread) => this.#slotCalls(thread));
    for (const thread of options.threads) {
      thread.listen({
        onMessage: (message) => this.#onMessage(thread.slotIndex, message),
        onDied: (error) => this.#onDied(thread.slotIndex, error),
      });
    }
  }

  /**
   * Settles when every slot takes calls; rejects with the first refusal after all have answered. Slots start only then, so the
   * listener hears nothing before.
   */
  async deploy(): Promise<void> {
    const { threads, plan, memory } = this.#options;
    const answers = threads.map(
      (thread) =>
        new Promise<void>((resolve, reject) => {
          this.#deploying.set(thread.slotIndex, { resolve, reject });
          const subtasks = plan.subtasks.filter(({ address }) => address.subtaskIndex === thread.slotIndex);
          thread.send({ kind: 'deploy', plan: { ...plan, subtasks }, memory });
        }),
    );
    const refused = (await Promise.allSettled(answers)).find(({ status }) => status === 'rejected');
    if (refused?.status === 'rejected') throw refused.reason;
    for (const thread of threads) thread.send({ kind: 'start', attemptNumber: plan.attemptNumber });
  }

  metrics(subtask: SubtaskAddress): SubtaskMetrics {
    return this.#options.metrics(subtask);
  }

  async cancel(): Promise<void> {
    this.#isClosed = true;
    const { plan, threads, cancellationTimeoutMs } = this.#options;
    await Promise.all(
      threads
        .filter((thread) => thread.isAlive)
        .map(async (thread) => {
          const ended = new Promise<void>((resolve) =>
            this.#ending.set(thread.slotIndex, { resolve, reject: () => resolve() }),
          );
          thread.send({ kind: 'cancel', attemptNumber: plan.attemptNumber });
          if (await settlesWithin(ended, cancellationTimeoutMs)) return;
          const message = `Slot ${thread.slotIndex} did not close its subtasks within ${cancellationTimeoutMs} ms`;
          await thread.end(new MillraceError('TASK_STUCK', message));
        }),
    );
  }

  dispose(): void {
    this.#isClosed = true;
    this.#options.onDisposed();
  }

  #onMessage(slotIndex: number, message: FromSlotThread): void {
    const { plan, listener, master } = this.#options;
    switch (message.kind) {
      case 'ready':
        return;
      case 'fatal':
        if (!this.#isClosed) listener.slotDied(slotIndex, message.error);
        return;
      case 'deployed':
        this.#deploying.get(slotIndex)?.resolve();
        return;
      case 'deploy-failed':
        this.#deploying.get(slotIndex)?.reject(fromErrorRecord(message.error));
        return;
      case 'master-call':
        // Logs of the last moments are still wanted; nothing else of an attempt that is over is.
        if (message.attemptNumber === plan.attemptNumber && (!this.#isClosed || message.message.method === 'log')) {
          deliver(message.message, master);
        }
        return;
      case 'ended':
        if (message.attemptNumber === plan.attemptNumber) this.#ending.get(slotIndex)?.resolve();
        return;
    }
  }

  #onDied(slotIndex: number, error: MillraceError): void {
    this.#deploying.get(slotIndex)?.reject(error);
    this.#ending.get(slotIndex)?.resolve();
    if (!this.#isClosed) this.#options.listener.slotDied(slotIndex, toErrorRecord(error));
  }

  #slotCalls(thread: SlotThreadHandle): Attempt['slots'][number] {
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const settled = await Promise.race([promise.then(() => true as const), timeout]);
  clearTimeout(timer);
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
