/**
 * The operators of one subtask, joined as the job graph says. Calls go from head to tail where operators emit (barrier hook,
 * finish, watermarks), and from tail to head where nothing may arrive at an operator that is not ready (open) .
 *
 * Watermarks are resumable: an operator may have millions of timers due. `advance` fires a bounded number and reports whether
 * the watermark has passed the whole chain; until then the subtask takes no input.
 */
import { assert, must } from '../base/assert.ts';
import type { ControlElement } from '../base/elements.ts';
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorInput, StreamOperator } from '../base/operator.ts';
import type { RecordWriter } from '../exchange/record-writer.ts';
import type { ChainedOperator } from '../graph/job-graph.ts';
import { guard, OperatorTarget, WriterTarget } from './chain-output.ts';
import type { ChainOutput } from './chain-output.ts';

/** A writer and where in the chain it hangs. */
export interface ChainWriter {
  readonly chainIndex: number;
  readonly sideTag: string | undefined;
  readonly writer: RecordWriter;
}

export interface ChainNode {
  readonly chained: ChainedOperator;
  /** Undefined for the head of a source subtask: the reader emits into `output`. */
  readonly operator: StreamOperator | undefined;
  readonly output: ChainOutput;
}

interface PendingWatermark {
  readonly chainIndex: number;
  readonly watermarkMs: EventTimeMs;
}

export class OperatorChain {
  readonly nodes: readonly ChainNode[];
  readonly writers: readonly ChainWriter[];
  /** Watermarks on their way through the chain, in the order in which they are to be worked off. */
  readonly #pending: PendingWatermark[] = [];
  #outputWatermarkMs: EventTimeMs = WATERMARK_MIN;

  constructor(nodes: readonly ChainNode[], writers: readonly ChainWriter[], checkValues: boolean) {
    assert(nodes.length > 0, 'A chain without operators');
    this.nodes = nodes;
    this.writers = writers;
    for (const node of nodes) this.#connectNext(node);
    for (const { chainIndex, sideTag, writer } of writers) {
      this.#node(chainIndex).output.connect(new WriterTarget(writer, checkValues), sideTag);
    }
  }

  headInput(inputIndex: number): OperatorInput {
    return must(this.#node(0).operator, 'operator at the head of the chain').input(inputIndex);
  }

  /** The watermark that last left the chain. */
  get outputWatermarkMs(): EventTimeMs {
    return this.#outputWatermarkMs;
  }

  get isWatermarkPending(): boolean {
    return this.#pending.length > 0;
  }

  /** From the merged inputs, or from a source (whose head has no operator). Call `advance` until it returns true. */
  startWatermark(watermarkMs: EventTimeMs): void {
    assert(this.#pending.length === 0, 'A watermark while another one is on its way');
    this.#enter(0, watermarkMs);
  }

  /** An operator of the chain made a watermark of its own; it goes on with the next `advance`. */
  emitWatermarkFrom(chainIndex: number, watermarkMs: EventTimeMs): void {
    this.#forward(chainIndex, watermarkMs);
  }

  emitStatusFrom(chainIndex: number, isIdle: boolean): void {
    this.#sendStatus(chainIndex, isIdle);
  }

  /**
   * After a restore, before the first record: a checkpoint may have interrupted a burst of firings, and what was due then is due
   * now. True when none is left.
   */
  fireRestored(limit: number): boolean {
    for (const node of this.nodes) if (!this.#fireDue(node, limit) || this.isBlocked) return false;
    return true;
  }

  /** True when no watermark is on its way any more. Fires at most `limit` timers, fewer when an output fills up. */
  advance(limit: number): boolean {
    for (;;) {
      const pending = this.#pending[0];
      if (pending === undefined) return true;
      const node = this.#node(pending.chainIndex);
      if (!this.#fireDue(node, limit)) return false;
      this.#pending.shift();
      if (node.operator?.makesWatermarks !== true) this.#forward(pending.chainIndex, pending.watermarkMs);
      if (this.isBlocked) return this.#pending.length === 0;
    }
  }

  emitStatus(isIdle: boolean): void {
    if (this.#node(0).operator?.makesWatermarks !== true) this.#sendStatus(0, isIdle);
  }

  /** To every channel of every exchange: barriers, cancel markers, status, end of input. */
  broadcast(element: ControlElement): void {
    for (const { writer } of this.writers) writer.broadcast(element);
  }

  get isBlocked(): boolean {
    for (const { writer } of this.writers) if (writer.isBlocked) return true;
    return false;
  }

  /** True when nothing waits in an overflow any more. */
  drainOutputs(): boolean {
    let isDrained = true;
    for (const { writer } of this.writers) if (!writer.drain()) isDrained = false;
    return isDrained;
  }

  flush(): void {
    for (const { writer } of this.writers) writer.flush();
  }

  get isAvailable(): boolean {
    for (const { operator } of this.nodes) if (operator?.isAvailable?.() === false) return false;
    return true;
  }

  nextProcessingTimeMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { operator } of this.nodes)
      nextMs = Math.min(nextMs, operator?.nextProcessingTimeMs?.() ?? Number.POSITIVE_INFINITY);
    return nextMs;
  }

  /** Head to tail; true when nothing due is left. */
  fireProcessingTime(nowMs: number, limit: number): boolean {
    for (const node of this.nodes) {
      const isDone = guard(node.chained, () => node.operator?.fireProcessingTime?.(nowMs, limit) ?? true);
      if (!isDone || this.isBlocked) return false;
    }
    return true;
  }

  /** Runs a call of each operator, head to tail, with the operator named in errors. */
  forEach(call: (operator: StreamOperator, chained: ChainedOperator) => void): void {
    for (const { operator, chained } of this.nodes)
      if (operator !== undefined) guard(chained, () => call(operator, chained));
  }

  #fireDue(node: ChainNode, limit: number): boolean {
    return guard(node.chained, () => node.operator?.fireDue?.(limit) ?? true);
  }

  #enter(chainIndex: number, watermarkMs: EventTimeMs): void {
    const node = this.#node(chainIndex);
    guard(node.chained, () => node.operator?.processWatermark?.(watermarkMs));
    this.#pending.push({ chainIndex, watermarkMs });
  }

  #sendStatus(chainIndex: number, isIdle: boolean): void {
    for (const next of this.#node(chainIndex).chained.next) {
      if (this.#node(next.chainIndex).operator?.makesWatermarks !== true) this.#sendStatus(next.chainIndex, isIdle);
    }
    for (const { chainIndex: from, writer } of this.writers) {
      if (from === chainIndex) writer.broadcast({ kind: 'status', isIdle });
    }
  }

  #forward(chainIndex: number, watermarkMs: EventTimeMs): void {
    for (const next of this.#node(chainIndex).chained.next) this.#enter(next.chainIndex, watermarkMs);
    for (const { chainIndex: from, writer } of this.writers) {
      if (from === chainIndex) writer.broadcast({ kind: 'watermark', timestampMs: watermarkMs });
    }
    this.#outputWatermarkMs = Math.max(this.#outputWatermarkMs, watermarkMs);
  }

  #connectNext(node: ChainNode): void {
    for (const { chainIndex, sideTag } of node.chained.next) {
      const target = this.#node(chainIndex);
      const input = must(target.operator, `operator '${target.chained.name}'`).input(0);
      node.output.connect(new OperatorTarget(input, target.chained), sideTag);
    }
  }

  #node(chainIndex: number): ChainNode {
    return must(this.nodes[chainIndex], `operator ${chainIndex} of the chain`);
  }
}
