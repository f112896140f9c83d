/**
 * All slots on the caller's thread: for debugging (breakpoints work), scripts and tests. The semantics are those of `threads`:
 * each slot has an evaluation of its own, and values are frozen and checked as if every channel were a ring.
 */
import { must } from '../../base/assert.ts';
import type { ChannelReader, ChannelWriter } from '../../base/channel.ts';
import type { MasterCalls } from '../../base/control-plane.ts';
import type { Environment } from '../../base/environment.ts';
import { toErrorRecord } from '../../base/errors.ts';
import { subtaskKey } from '../../base/ids.ts';
import type { JobId, SubtaskAddress } from '../../base/ids.ts';
import { SubtaskMetrics } from '../../base/metrics.ts';
import { createLocalChannel } from '../../exchange/local-channel.ts';
import type { ChannelSpec } from '../../graph/execution-graph.ts';
import type { JobDefinition } from '../../graph/stream-graph.ts';
import type { Attempt, AttemptListener, AttemptPlan, Host } from '../../job/host.ts';
import type { Slot } from '../../task/slot.ts';
import type { TaskConfiguration } from '../../task/task-configuration.ts';
import { evaluateJob } from '../job-evaluation.ts';
import type { EvaluationSettings } from '../job-evaluation.ts';
import { deliver, masterCallsOver, withoutEnd } from '../master-calls.ts';
import { LOCAL_CHANNEL_RECORDS } from '../local-channels.ts';
import { OrderedCalls } from '../ordered-calls.ts';
import { RoundLoop } from '../round-loop.ts';
import { assembleSlot } from '../slot-assembly.ts';
import type { ChannelEnds } from '../slot-assembly.ts';
import { slotStorage } from '../storage-settings.ts';
import type { StorageSettings } from '../storage-settings.ts';

export interface InlineHostOptions {
  readonly definition: JobDefinition;
  readonly evaluation: EvaluationSettings;
  readonly environment: Environment;
  readonly configuration: TaskConfiguration;
  readonly jobId: JobId;
  readonly slotCount: number;
  readonly storage: StorageSettings;
  /** Its files hold the checkpoints: the disk, or memory. */
  readonly storageEnvironment: Environment;
}

export class InlineHost implements Host {
  readonly slotCount: number;
  readonly #options: InlineHostOptions;

  constructor(options: InlineHostOptions) {
    this.slotCount = options.slotCount;
    this.#options = options;
  }

  async deploy(plan: AttemptPlan, listener: AttemptListener): Promise<Attempt> {
    const attempt = new InlineAttempt(plan, listener, this.#options);
    // The listener hears nothing before the caller has the attempt.
    setImmediate(() => attempt.start());
    return attempt;
  }

  /** There are no threads to end. */
  async close(): Promise<void> {}
}

class InlineAttempt implements Attempt {
  readonly slots: readonly Slot[];
  readonly #metrics = new Map<string, SubtaskMetrics>();
  readonly #loop: RoundLoop;
  readonly #calls = new OrderedCalls();
  #isOver = false;

  constructor(plan: AttemptPlan, listener: AttemptListener, options: InlineHostOptions) {
    const { environment } = options;
    const storage = slotStorage(options.storage, options.storageEnvironment, () => this.#loop.wakeUp());
    const master = this.#master(listener);
    const channels = new LocalChannels();
    const usedSlots = Math.max(...plan.subtasks.map(({ address }) => address.subtaskIndex)) + 1;
    this.slots = Array.from({ length: usedSlots }, (_, slotIndex) =>
      assembleSlot({
        plan,
        slotIndex,
        graph: evaluateJob(options.definition, options.evaluation, plan.jobGraphHash),
        channels,
        environment,
        configuration: options.configuration,
        jobId: options.jobId,
        parameters: options.evaluation.parameters,
        master,
        dataFiles: storage.dataFiles(slotIndex, plan),
        dataReader: storage.reader,
        metrics: (subtask) => this.metrics(subtask),
        wakeUp: () => this.#loop.wakeUp(),
      }),
    );
    this.#loop = new RoundLoop({
      bell: undefined,
      nowMs: () => environment.clock.nowMs(),
      round: () => this.#round(),
      onError: (error) => this.#calls.add(() => listener.slotDied(0, toErrorRecord(error))),
    });
  }

  start(): void {
    if (this.#isOver) return;
    for (const slot of this.slots) void slot.start();
    this.#loop.start();
  }

  metrics(subtask: SubtaskAddress): SubtaskMetrics {
    const key = subtaskKey(subtask);
    const metrics = this.#metrics.get(key) ?? new SubtaskMetrics();
    this.#metrics.set(key, metrics);
    return metrics;
  }

  async cancel(): Promise<void> {
    this.#isOver = true;
    this.#loop.stop();
    this.#calls.close();
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  dispose(): void {
    this.#loop.stop();
  }

  #round(): { didWork: boolean; nextWakeUpMs: number } {
    let didWork = false;
    let nextWakeUpMs = Number.POSITIVE_INFINITY;
    for (const slot of this.slots) {
      const result = slot.round();
      didWork ||= result.didWork;
      nextWakeUpMs = Math.min(nextWakeUpMs, result.nextWakeUpMs);
    }
    return { didWork, nextWakeUpMs };
  }

  #master(listener: AttemptListener): MasterCalls {
    const target: MasterCalls = withoutEnd(listener);
    return masterCallsOver((message) => this.#calls.add(() => deliver(message, target)));
  }
}

/** Both ends of every channel, made when the first is asked for. */
class LocalChannels implements ChannelEnds {
  readonly #channels = new Map<number, { readonly writer: ChannelWriter; readonly reader: ChannelReader }>();

  writer(spec: ChannelSpec): ChannelWriter {
    return this.#channel(spec).writer;
  }

  reader(spec: ChannelSpec): ChannelReader {
    return this.#channel(spec).reader;
  }

  #channel(spec: ChannelSpec): { readonly writer: ChannelWriter; readonly reader: ChannelReader } {
    if (!this.#channels.has(spec.index)) {
      this.#channels.set(spec.index, createLocalChannel({ capacityRecords: LOCAL_CHANNEL_RECORDS }));
    }
    return must(this.#channels.get(spec.index), 'channel');
  }
}
