/**
 * One worker thread a slot, all cores of the machine. Threads outlive attempts, so a restart costs no module loading; each attempt
 * gets shared memory of its own: rings between slots, doorbells, metrics.
 */
import { getCompileCacheDir } from 'node:module';
import { assert } from '../../base/assert.ts';
import type { Logger } from '../../base/environment.ts';
import { MillraceError } from '../../base/errors.ts';
import { SUBTASK_METRIC_COUNT } from '../../base/metrics.ts';
import { DOORBELL_WORDS } from '../../exchange/doorbell.ts';
import { ringBytes } from '../../exchange/ring-channel.ts';
import type { ExecutionGraph } from '../../graph/execution-graph.ts';
import type { Attempt, AttemptListener, AttemptPlan, Host } from '../../job/host.ts';
import { withoutEnd } from '../master-calls.ts';
import { HealthWatch } from './health-watch.ts';
import type { HealthVerdict } from './health-watch.ts';
import { crossesThreads } from './ring-channels.ts';
import { metricsOver } from './shared-metrics.ts';
import { SlotThreadHandle } from './slot-thread-handle.ts';
import type { AttemptMemory, ThreadData } from './thread-messages.ts';
import { operatorNamesOf, ThreadsAttempt } from './threads-attempt.ts';

export interface ThreadsHostOptions {
  /** The main thread's own evaluation: only its shape is used. */
  readonly graph: ExecutionGraph;
  readonly slotCount: number;
  readonly thread: Omit<ThreadData, 'heartbeat' | 'slotIndex' | 'memoryLimitBytes'>;
  /** taskmanager.memory.process.size divided by slots, bytes. */
  readonly slotMemoryBytes: number;
  readonly stuckWarningMs: number;
  readonly stuckTimeoutMs: number;
  readonly cancellationTimeoutMs: number;
  readonly logger: Logger;
}

/** Pages of a ring: half a MiB a channel between threads. */
const RING_PAGES = 16;
const HEALTH_LOOK_EVERY_MS = 500;
/** Share of a slot's memory above which its job fails, with the largest states named. */
const MEMORY_SHARE_MAX = 0.9;

export class ThreadsHost implements Host {
  readonly slotCount: number;
  readonly #options: ThreadsHostOptions;
  readonly #threads: (SlotThreadHandle | undefined)[];
  readonly #env: NodeJS.ProcessEnv = threadEnvironment();
  #health: ReturnType<typeof setInterval> | undefined;

  constructor(options: ThreadsHostOptions) {
    this.slotCount = options.slotCount;
    this.#options = options;
    this.#threads = Array.from({ length: options.slotCount }, () => undefined);
  }

  async deploy(plan: AttemptPlan, listener: AttemptListener): Promise<Attempt> {
    const usedSlots = Math.max(...plan.subtasks.map(({ address }) => address.subtaskIndex)) + 1;
    assert(usedSlots <= this.slotCount, () => `Attempt needs ${usedSlots} slots, there are ${this.slotCount}`);
    const threads = await this.#liveThreads(usedSlots);
    const memory = this.#allocate(usedSlots);
    const attempt = new ThreadsAttempt({
      plan,
      memory,
      threads,
      listener,
      master: withoutEnd(listener),
      metrics: metricsOver(memory.metrics, this.#options.graph),
      cancellationTimeoutMs: this.#options.cancellationTimeoutMs,
      onDisposed: () => clearInterval(this.#health),
    });
    try {
      await attempt.deploy();
    } catch (error) {
      await attempt.cancel();
      attempt.dispose();
      throw error;
    }
    this.#watchHealth(plan, threads);
    return attempt;
  }

  /** Ends all threads; after the last attempt. */
  async close(): Promise<void> {
    clearInterval(this.#health);
    const closed = new MillraceError('JOB_CANCELED', 'The host is closed');
    const alive = this.#threads.filter((thread) => thread?.isAlive === true);
    await Promise.all(alive.map(async (thread) => thread?.end(closed)));
  }

  async #liveThreads(count: number): Promise<readonly SlotThreadHandle[]> {
    const threads = Array.from({ length: count }, (_, slotIndex) => {
      const known = this.#threads[slotIndex];
      if (known?.isAlive === true) return known;
      const started = this.#startThread(slotIndex);
      this.#threads[slotIndex] = started;
      return started;
    });
    const failed = (await Promise.allSettled(threads.map(({ ready }) => ready))).find(
      ({ status }) => status === 'rejected',
    );
    if (failed?.status === 'rejected') throw failed.reason;
    return threads;
  }

  #startThread(slotIndex: number): SlotThreadHandle {
    const { thread, slotMemoryBytes } = this.#options;
    return new SlotThreadHandle({
      data: { ...thread, slotIndex, memoryLimitBytes: slotMemoryBytes * MEMORY_SHARE_MAX },
      env: this.#env,
      heapLimitMb: Math.ceil(slotMemoryBytes / 1024 / 1024),
    });
  }

  #allocate(slots: number): AttemptMemory {
    const { graph } = this.#options;
    const rings = new Map(
      graph.channels
        .filter(crossesThreads)
        .map((spec) => [spec.index, new SharedArrayBuffer(ringBytes({ pageCount: RING_PAGES }))]),
    );
    return {
      rings,
      doorbells: new SharedArrayBuffer(slots * DOORBELL_WORDS * Int32Array.BYTES_PER_ELEMENT),
      metrics: new SharedArrayBuffer(graph.subtasks.length * SUBTASK_METRIC_COUNT * Float64Array.BYTES_PER_ELEMENT),
    };
  }

  #watchHealth(plan: AttemptPlan, threads: readonly SlotThreadHandle[]): void {
    const { graph, stuckWarningMs, stuckTimeoutMs } = this.#options;
    const watch = new HealthWatch({
      warnAfterMs: stuckWarningMs,
      stuckAfterMs: stuckTimeoutMs,
      lookEveryMs: HEALTH_LOOK_EVERY_MS,
    });
    const vertexName = new Map(graph.jobGraph.vertices.map(({ id, name }) => [id, name]));
    const names = threads.map(({ slotIndex }) =>
      operatorNamesOf(plan, slotIndex, ({ vertexId }) => vertexName.get(vertexId)),
    );
    this.#health = setInterval(() => {
      for (const thread of threads) {
        if (!thread.isAlive) continue;
        const { count, subtaskIndex } = thread.heartbeat.read();
        const operatorName = names[thread.slotIndex]?.[subtaskIndex];
        this.#act(thread, watch.look(thread.slotIndex, { count, operatorName }, performance.now()));
      }
    }, HEALTH_LOOK_EVERY_MS);
    this.#health.unref();
  }

  #act(thread: SlotThreadHandle, verdict: HealthVerdict): void {
    if (verdict.kind === 'alive') return;
    const where =
      verdict.operatorName === undefined ? 'outside of any operator' : `in operator '${verdict.operatorName}'`;
    const message = `Slot ${thread.slotIndex} made no progress for ${Math.round(verdict.silentMs)} ms ${where}`;
    if (verdict.kind === 'warn') this.#options.logger.log('warn', message, { slot: thread.slotIndex });
    else void thread.end(new MillraceError('TASK_STUCK', message, contextOf(verdict.operatorName)));
  }
}

function contextOf(operatorName: string | undefined): { context: { operatorName?: string } } {
  return { context: operatorName === undefined ? {} : { operatorName } };
}

/** A thread has its own compile cache, which only this variable switches on. */
function threadEnvironment(): NodeJS.ProcessEnv {
  const directory = getCompileCacheDir();
  return directory === undefined ? { ...process.env } : { ...process.env, NODE_COMPILE_CACHE: directory };
}
