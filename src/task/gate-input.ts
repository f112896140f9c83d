/**
 * The head of a subtask with inputs: takes elements from the gate and sorts them out. Records go to the head operator, watermarks
 * and statuses through the merger, barriers through the alignment, whose actions come back to the subtask in order.
 */
import { must } from '../base/assert.ts';
import type { DeclineReason } from '../base/control-plane.ts';
import type { CheckpointBarrier, ControlElement } from '../base/elements.ts';
import type { Clock } from '../base/environment.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { checkpointId as asCheckpointId } from '../base/ids.ts';
import type { CheckpointId } from '../base/ids.ts';
import type { OperatorInput } from '../base/operator.ts';
import type { InputGate, GateHandler } from '../exchange/input-gate.ts';
import { InputWatermarks } from '../exchange/input-watermarks.ts';
import { WatermarkMerger } from '../exchange/watermark-merger.ts';
import type { ChainedOperator } from '../graph/job-graph.ts';
import { BarrierAlignment } from './barrier-alignment.ts';
import type { AlignmentAction } from './barrier-alignment.ts';
import { operatorError } from './chain-output.ts';
import type { SubtaskInput } from './subtask-input.ts';

export interface GateInputOptions {
  readonly gate: InputGate;
  readonly head: ChainedOperator;
  /** By input index of the head operator. */
  readonly inputs: readonly OperatorInput[];
  /** Watermarks are merged over all channels, whichever input they belong to. */
  readonly unitesInputs: boolean;
  readonly skipAlignment: boolean;
  readonly clock: Clock;
  /** True when no further record may be processed in this step. */
  readonly isFull: () => boolean;
  readonly onWatermark: (watermarkMs: EventTimeMs) => void;
  readonly onStatus: (isIdle: boolean) => void;
  /** All barriers are in. `alignmentMs`: since the first of them. */
  readonly onSnapshot: (barrier: CheckpointBarrier, alignmentMs: number) => void;
  /** The checkpoint is given up here, and so it is further down. */
  readonly onGivenUp: (checkpointId: CheckpointId, reason: DeclineReason) => void;
}

export class GateInput implements GateHandler, SubtaskInput {
  readonly #options: GateInputOptions;
  /** By channel. */
  readonly #inputs: readonly OperatorInput[];
  readonly #alignment: BarrierAlignment;
  readonly #watermarks: WatermarkMerger | InputWatermarks;
  #recordsRead = 0;
  /** When the first barrier of the checkpoint that is being aligned came. */
  #alignmentSinceMs = 0;

  constructor(options: GateInputOptions) {
    this.#options = options;
    const { channelCount } = options.gate;
    const inputOfChannel = Array.from({ length: channelCount }, (_, index) => options.gate.inputIndexOf(index));
    this.#inputs = inputOfChannel.map((inputIndex) => must(options.inputs[inputIndex], 'input of the channel'));
    this.#alignment = new BarrierAlignment({ channelCount, skipAlignment: options.skipAlignment });
    const hasOneInput = options.unitesInputs || options.inputs.length === 1;
    this.#watermarks = hasOneInput
      ? new WatermarkMerger(channelCount, options)
      : new InputWatermarks(inputOfChannel, options);
  }

  get recordsRead(): number {
    return this.#recordsRead;
  }

  get isEnded(): boolean {
    return this.#alignment.isEnded;
  }

  get bytesRead(): number {
    return this.#options.gate.bytesRead;
  }

  poll(limit: number): boolean {
    return this.#options.gate.poll(this, limit) > 0;
  }

  abortAlignment(checkpointId: number): void {
    this.#carryOut(this.#alignment.onAbortNotification(checkpointId));
  }

  acceptTrigger(checkpointId: number): boolean {
    return this.#alignment.acceptTrigger(checkpointId);
  }

  onRecord(channelIndex: number, value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean {
    this.#recordsRead++;
    try {
      must(this.#inputs[channelIndex], 'input of the channel').processElement(value, timestampMs, keyGroup);
    } catch (error) {
      throw operatorError(error, this.#options.head);
    }
    return !this.#options.isFull();
  }

  onControl(channelIndex: number, element: ControlElement): void {
    switch (element.kind) {
      case 'watermark':
        return this.#watermarks.onWatermark(channelIndex, element.timestampMs);
      case 'status':
        return this.#watermarks.onStatus(channelIndex, element.isIdle);
      case 'barrier':
        return this.#onBarrier(channelIndex, element);
      case 'cancel-checkpoint':
        return this.#carryOut(this.#alignment.onCancel(element.checkpointId));
      case 'end-of-input':
        this.#watermarks.onEndOfInput(channelIndex);
        return this.#carryOut(this.#alignment.onEndOfInput(channelIndex));
    }
  }

  #onBarrier(channelIndex: number, barrier: CheckpointBarrier): void {
    const { collectingId } = this.#alignment;
    const actions = this.#alignment.onBarrier(channelIndex, barrier);
    // The first of several: nothing was collected before, or another checkpoint.
    if (this.#alignment.collectingId !== collectingId && this.#alignment.collectingId > 0) {
      this.#alignmentSinceMs = this.#options.clock.monotonicMs();
    }
    const isOnlyOne = collectingId === 0 && this.#alignment.collectingId === 0;
    this.#carryOut(actions, isOnlyOne);
  }

  #carryOut(actions: readonly AlignmentAction[], isInstant: boolean = false): void {
    const { gate, clock, onSnapshot, onGivenUp } = this.#options;
    for (const action of actions) {
      switch (action.kind) {
        case 'block':
          gate.block(action.channelIndex);
          break;
        case 'unblock-all':
          gate.unblockAll();
          break;
        case 'snapshot':
          onSnapshot(action.barrier, isInstant ? 0 : clock.monotonicMs() - this.#alignmentSinceMs);
          break;
        case 'abort':
          onGivenUp(asCheckpointId(action.checkpointId), action.reason);
          break;
      }
    }
  }
}
