/** One attempt on one slot's thread. */
import { must } from '../../base/assert.ts';
import { toErrorRecord } from '../../base/errors.ts';
import { Doorbell, DOORBELL_WORDS } from '../../exchange/doorbell.ts';
import type { JobDefinition } from '../../graph/stream-graph.ts';
import type { AttemptPlan } from '../../job/host.ts';
import type { Slot } from '../../task/slot.ts';
import { evaluateJob } from '../job-evaluation.ts';
import { masterCallsOver } from '../master-calls.ts';
import type { MasterMessage } from '../master-calls.ts';
import { nodeEnvironment } from '../node/node-environment.ts';
import { RoundLoop } from '../round-loop.ts';
import { assembleSlot } from '../slot-assembly.ts';
import { slotStorage } from '../storage-settings.ts';
import type { Heartbeat } from './heartbeat.ts';
import { MemoryWatch } from './memory-watch.ts';
import { forwardingLogger } from './forwarding-logger.ts';
import { RingChannels } from './ring-channels.ts';
import { metricsOver } from './shared-metrics.ts';
import type { AttemptMemory, SlotMessage, ThreadData } from './thread-messages.ts';

export interface SlotAttemptOptions {
  readonly definition: JobDefinition;
  readonly data: ThreadData;
  readonly heartbeat: Heartbeat;
  readonly plan: AttemptPlan;
  readonly memory: AttemptMemory;
  readonly send: (message: MasterMessage) => void;
  /** The slot's loop broke with an error that belongs to no subtask. */
  readonly onBroken: (error: unknown) => void;
}

export class SlotAttempt {
  readonly attemptNumber: number;
  readonly #slot: Slot;
  readonly #loop: RoundLoop;
  readonly #memoryWatch: MemoryWatch;
  readonly #heartbeat: Heartbeat;
  #isClosed = false;

  constructor(options: SlotAttemptOptions) {
    const { plan, data, memory, heartbeat } = options;
    this.attemptNumber = plan.attemptNumber;
    this.#heartbeat = heartbeat;
    const master = masterCallsOver(options.send);
    const logger = forwardingLogger(master, { slot: data.slotIndex, attempt: plan.attemptNumber });
    const environment = nodeEnvironment(logger);
    const doorbells = doorbellsOver(memory.doorbells);
    const graph = evaluateJob(options.definition, data.evaluation, plan.jobGraphHash);
    const wakeUp = (): void => this.#loop.wakeUp();
    this.#slot = assembleSlot({
      plan,
      slotIndex: data.slotIndex,
      graph,
      channels: new RingChannels({
        rings: memory.rings,
        doorbells,
        strings: environment.strings,
        logger,
        vertexName: (vertexId) => graph.jobGraph.vertices.find(({ id }) => id === vertexId)?.name ?? vertexId,
      }),
      environment,
      configuration: data.configuration,
      jobId: data.jobId,
      parameters: data.evaluation.parameters,
      master,
      ...storageOf(data, plan, environment, wakeUp),
      metrics: metricsOver(memory.metrics, graph),
      wakeUp,
    });
    this.#loop = new RoundLoop({
      bell: must(doorbells[data.slotIndex], 'doorbell of the slot'),
      nowMs: () => environment.clock.nowMs(),
      round: () => this.#round(),
      onError: options.onBroken,
    });
    this.#memoryWatch = new MemoryWatch(
      data.memoryLimitBytes,
      () => this.#slot.stateSizes(),
      (error) => {
        const subtask = plan.subtasks.find(({ address }) => address.subtaskIndex === data.slotIndex);
        master.subtaskFailed(must(subtask, 'subtask of the slot').address, toErrorRecord(error));
      },
    );
  }

  start(): void {
    if (this.#isClosed) return;
    this.#memoryWatch.start();
    void this.#slot.start();
    this.#loop.start();
  }

  call(message: SlotMessage): void {
    if (this.#isClosed) return;
    switch (message.method) {
      case 'triggerCheckpoint':
        return this.#slot.triggerCheckpoint(...message.args);
      case 'checkpointCompleted':
        return this.#slot.checkpointCompleted(...message.args);
      case 'checkpointAborted':
        return this.#slot.checkpointAborted(...message.args);
      case 'sourceEvent':
        return this.#slot.sourceEvent(...message.args);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#loop.stop();
    this.#memoryWatch.stop();
    await this.#slot.close();
  }

  #round(): ReturnType<Slot['round']> {
    this.#heartbeat.beat();
    const result = this.#slot.round((index) => this.#heartbeat.enterSubtask(index));
    this.#heartbeat.leaveSubtasks();
    return result;
  }
}

function storageOf(
  data: ThreadData,
  plan: AttemptPlan,
  environment: ReturnType<typeof nodeEnvironment>,
  onWritable: () => void,
): Pick<Parameters<typeof assembleSlot>[0], 'dataFiles' | 'dataReader'> {
  const storage = slotStorage(data.storage, environment, onWritable);
  return { dataFiles: storage.dataFiles(data.slotIndex, plan), dataReader: storage.reader };
}

export function doorbellsOver(memory: SharedArrayBuffer): readonly Doorbell[] {
  const count = memory.byteLength / (DOORBELL_WORDS * Int32Array.BYTES_PER_ELEMENT);
  return Array.from(
    { length: count },
    (_, slot) =>
      new Doorbell(new Int32Array(memory, slot * DOORBELL_WORDS * Int32Array.BYTES_PER_ELEMENT, DOORBELL_WORDS)),
  );
}
