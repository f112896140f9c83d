/**
 * The head of a subtask with inputs: takes elements from the gate and sorts them out. Records go to the head operator, watermarks
 * and statuses through the merger, barriers through the alignment, whose actions come back to the subtask in order.
 */
import { must } from '../base/assert.ts';
import type { ControlElement } from '../base/elements.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorInput } from '../base/operator.ts';
import type { InputGate, GateHandler } from '../exchange/input-gate.ts';
import { WatermarkMerger } from '../exchange/watermark-merger.ts';
import type { ChainedOperator } from '../graph/job-graph.ts';
import { BarrierAlignment } from './barrier-alignment.ts';
import type { AlignmentAction } from './barrier-alignment.ts';
import { operatorError } from './chain-output.ts';

export interface GateInputOptions {
  readonly gate: InputGate;
  readonly head: ChainedOperator;
  /** By input index of the head operator. */
  readonly inputs: readonly OperatorInput[];
  readonly skipAlignment: boolean;
  /** True when no further record may be processed in this step. */
  readonly isFull: () => boolean;
  readonly onWatermark: (watermarkMs: EventTimeMs) => void;
  readonly onStatus: (isIdle: boolean) => void;
  /** 'snapshot' and 'abort'; blocking is done here. */
  readonly onAlignment: (action: AlignmentAction) => void;
}

export class GateInput implements GateHandler {
  readonly #options: GateInputOptions;
  readonly #alignment: BarrierAlignment;
  readonly #merger: WatermarkMerger;
  #recordsRead = 0;

  constructor(options: GateInputOptions) {
    this.#options = options;
    const channelCount = options.gate.channelCount;
    this.#alignment = new BarrierAlignment({ channelCount, skipAlignment: options.skipAlignment });
    this.#merger = new WatermarkMerger(channelCount, {
      onWatermark: (watermarkMs) => options.onWatermark(watermarkMs),
      onStatus: (isIdle) => options.onStatus(isIdle),
    });
  }

  get recordsRead(): number {
    return this.#recordsRead;
  }

  get isEnded(): boolean {
    return this.#alignment.isEnded;
  }

  get isEmpty(): boolean {
    return this.#options.gate.isEmpty;
  }

  get isAligning(): boolean {
    return this.#alignment.collectingId > 0;
  }

  poll(limit: number): number {
    return this.#options.gate.poll(this, limit);
  }

  abortAlignment(checkpointId: number): void {
    this.#carryOut(this.#alignment.onAbortNotification(checkpointId));
  }

  acceptTrigger(checkpointId: number): boolean {
    return this.#alignment.acceptTrigger(checkpointId);
  }

  onRecord(channelIndex: number, value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean {
    this.#recordsRead++;
    const input = must(this.#options.inputs[this.#options.gate.inputIndexOf(channelIndex)], 'input of the channel');
    try {
      input.processElement(value, timestampMs, keyGroup);
    } catch (error) {
      throw operatorError(error, this.#options.head);
    }
    return !this.#options.isFull();
  }

  onControl(channelIndex: number, element: ControlElement): void {
    switch (element.kind) {
      case 'watermark':
        return this.#merger.onWatermark(channelIndex, element.timestampMs);
      case 'status':
        return this.#merger.onStatus(channelIndex, element.isIdle);
      case 'barrier':
        return this.#carryOut(this.#alignment.onBarrier(channelIndex, element));
      case 'cancel-checkpoint':
        return this.#carryOut(this.#alignment.onCancel(element.checkpointId));
      case 'end-of-input':
        this.#merger.onEndOfInput(channelIndex);
        return this.#carryOut(this.#alignment.onEndOfInput(channelIndex));
    }
  }

  #carryOut(actions: readonly AlignmentAction[]): void {
    for (const action of actions) {
      if (action.kind === 'block') this.#options.gate.block(action.channelIndex);
      else if (action.kind === 'unblock-all') this.#options.gate.unblockAll();
      else this.#options.onAlignment(action);
    }
  }
}
