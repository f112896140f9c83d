/**
 * One attempt in the simulator, as the job master sees it: a thread for each slot, and messages that take a while. Modelled after
 * host/threads: what a thread has sent before it died still arrives, and then the news of its death; nothing arrives any more
 * once the attempt is being canceled, logs excepted.
 */
import { MillraceError, toErrorRecord } from '../../base/errors.ts';
import { subtaskKey } from '../../base/ids.ts';
import type { SubtaskAddress } from '../../base/ids.ts';
import { SubtaskMetrics } from '../../base/metrics.ts';
import type { SubtaskMetricName } from '../../base/metrics.ts';
import type { Attempt, AttemptListener, AttemptPlan } from '../../job/host.ts';
import type { Slot } from '../../task/slot.ts';
import { evaluateJob } from '../job-evaluation.ts';
import { deliver, masterCallsOver, withoutEnd } from '../master-calls.ts';
import { assembleSlot } from '../slot-assembly.ts';
import { slotStorage } from '../storage-settings.ts';
import { SimChannels } from './sim-channels.ts';
import type { SimHostOptions } from './sim-host-options.ts';
import { SimPort } from './sim-port.ts';
import { SimSlot } from './sim-slot.ts';

type SlotMethods = Attempt['slots'][number];

interface SlotEnds {
  readonly simSlot: SimSlot;
  readonly toSlot: SimPort;
  readonly toMaster: SimPort;
}

export class SimAttempt implements Attempt {
  readonly slots: readonly SlotMethods[];
  readonly #options: SimHostOptions;
  readonly #plan: AttemptPlan;
  readonly #listener: AttemptListener;
  readonly #metrics = new Map<string, SubtaskMetrics>();
  readonly #ends: readonly SlotEnds[];
  readonly #channels: SimChannels;
  #isClosed = false;
  /** Records and looks at metrics until a subtask fails; undefined: none will. */
  #fuse: number | undefined;

  constructor(plan: AttemptPlan, listener: AttemptListener, options: SimHostOptions) {
    this.#options = options;
    this.#plan = plan;
    this.#listener = listener;
    this.#channels = new SimChannels({
      strings: options.environment.strings,
      random: options.random.fork(),
      wakeUp: (slotIndex) => this.#ends[slotIndex]?.simSlot.wakeUp(),
      beforeRecord: () => this.#burn(),
    });
    const usedSlots = Math.max(...plan.subtasks.map(({ address }) => address.subtaskIndex)) + 1;
    this.#ends = Array.from({ length: usedSlots }, (_, slotIndex) => this.#startThread(slotIndex));
    this.slots = this.#ends.map((ends) => this.#slotCalls(ends));
  }

  /** Every slot evaluates the definition in its own time. Rejects when one cannot, after all have tried. */
  async deploy(): Promise<void> {
    const deployments = this.#ends.map((ends, slotIndex) => this.#deploySlot(ends, slotIndex));
    const refused = (await Promise.allSettled(deployments)).find(({ status }) => status === 'rejected');
    if (refused?.status === 'rejected') throw refused.reason;
  }

  metrics(subtask: SubtaskAddress): SubtaskMetrics {
    const key = subtaskKey(subtask);
    let metrics = this.#metrics.get(key);
    if (metrics === undefined) this.#metrics.set(key, (metrics = new FusedMetrics(() => this.#burn())));
    return metrics;
  }

  async cancel(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#ends.map((ends) => this.#close(ends)));
  }

  /** Threads outlive attempts: what an attempt left under way in one goes on. */
  dispose(): void {
    this.#isClosed = true;
  }

  /** A subtask throws, after this many more records. */
  failAfter(records: number): void {
    this.#fuse = records;
  }

  /** A thread ends at once, in the middle of whatever it does between two steps. */
  killThread(slotIndex: number): void {
    const ends = this.#ends[slotIndex % this.#ends.length];
    if (ends === undefined || ends.simSlot.thread.isDead || this.#isClosed) return;
    ends.simSlot.thread.kill();
    this.#died(slotIndex % this.#ends.length, 'Slot thread ended: simulated');
  }

  #startThread(slotIndex: number): SlotEnds {
    const { world, trace, process, random, slots, name } = this.#options;
    const thread = process.startThread();
    const simSlot = new SimSlot({
      world,
      trace,
      random: random.fork(),
      thread,
      name: `${name}.${this.#plan.attemptNumber}.${slotIndex}`,
      onBroken: (error) => this.#died(slotIndex, `Slot broke: ${String(error)}`),
    });
    slots.add(simSlot);
    return {
      simSlot,
      toSlot: new SimPort(world, thread, random.fork()),
      toMaster: new SimPort(world, process, random.fork()),
    };
  }

  #deploySlot(ends: SlotEnds, slotIndex: number): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      ends.simSlot.thread.onDeath(() => {
        // A process that is dead itself waits for nothing.
        if (!this.#options.process.isDead) reject(new MillraceError('TASK_THREAD_DIED', 'A slot died at its start'));
      });
      ends.toSlot.send(() => {
        try {
          this.#assemble(ends, slotIndex, structuredClone(this.#plan));
          ends.toMaster.send(resolve);
        } catch (error) {
          ends.toMaster.send(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      });
    });
  }

  #assemble({ simSlot, toMaster }: SlotEnds, slotIndex: number, plan: AttemptPlan): void {
    const { definition, evaluation, configuration, jobId, storage, threadEnvironment } = this.#options;
    const environment = threadEnvironment(simSlot.thread);
    const wakeUp = (): void => simSlot.wakeUp();
    const slotFiles = slotStorage(storage, environment, wakeUp);
    const slot = assembleSlot({
      plan,
      slotIndex,
      graph: evaluateJob(definition, evaluation, plan.jobGraphHash),
      channels: this.#channels,
      environment,
      configuration,
      jobId,
      parameters: evaluation.parameters,
      master: masterCallsOver((message) => {
        const copy = structuredClone(message);
        toMaster.send(() => {
          if (!this.#isClosed || copy.method === 'log') deliver(copy, withoutEnd(this.#listener));
        });
      }),
      dataFiles: slotFiles.dataFiles(slotIndex, plan),
      dataReader: slotFiles.reader,
      metrics: (subtask) => this.metrics(subtask),
      wakeUp,
    });
    simSlot.serve(slot);
    void slot.start();
  }

  #slotCalls({ simSlot, toSlot }: SlotEnds): SlotMethods {
    const send = <Args extends readonly unknown[]>(args: Args, call: (slot: Slot, args: Args) => void): void => {
      const copy = structuredClone(args);
      toSlot.send(() => {
        if (!simSlot.isOver) call(simSlot.slot, copy);
      });
    };
    return {
      triggerCheckpoint: (...args) => send(args, (slot, copy) => slot.triggerCheckpoint(...copy)),
      checkpointCompleted: (...args) => send(args, (slot, copy) => slot.checkpointCompleted(...copy)),
      checkpointAborted: (...args) => send(args, (slot, copy) => slot.checkpointAborted(...copy)),
      sourceEvent: (...args) => send(args, (slot, copy) => slot.sourceEvent(...copy)),
    };
  }

  /** Settles when the slot has closed its subtasks or its thread is dead, which it is after the timeout at the latest. */
  #close({ simSlot, toSlot, toMaster }: SlotEnds): Promise<void> {
    if (simSlot.thread.isDead) return Promise.resolve();
    const { process, cancellationTimeoutMs } = this.#options;
    return new Promise((resolve) => {
      const timeout = process.timers.after(cancellationTimeoutMs, () => simSlot.thread.kill());
      const done = (): void => {
        timeout.cancel();
        if (!process.isDead) resolve();
      };
      const closeSlot = async (): Promise<void> => {
        await simSlot.close();
        toMaster.send(done);
      };
      simSlot.thread.onDeath(done);
      toSlot.send(() => {
        simSlot.stop();
        void closeSlot();
      });
    });
  }

  #died(slotIndex: number, message: string): void {
    const error = toErrorRecord(new MillraceError('TASK_THREAD_DIED', message));
    this.#ends[slotIndex]?.toMaster.send(() => {
      if (!this.#isClosed) this.#listener.slotDied(slotIndex, error);
    });
  }

  #burn(): void {
    if (this.#fuse === undefined || this.#fuse-- > 0) return;
    this.#fuse = undefined;
    throw new Error('Simulated failure of a subtask');
  }
}

/** The row that a subtask writes at the end of each step: where it fails when no record passes a channel. */
class FusedMetrics extends SubtaskMetrics {
  readonly #burn: () => void;

  constructor(burn: () => void) {
    super();
    this.#burn = burn;
  }

  override set(name: SubtaskMetricName, value: number): void {
    if (name === 'numRecordsIn') this.#burn();
    super.set(name, value);
  }
}
