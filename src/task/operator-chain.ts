/**
 * The operators of one subtask, joined as the job graph says: a tree. Calls go from head to tail where operators emit (barrier hook,
 * finish, watermarks), and from tail to head where nothing may arrive at an operator that is not ready (open).
 *
 * Watermarks are resumable: an operator may have millions of timers due. `advance` fires a bounded number and reports whether
 * all watermarks have passed the whole chain; until then the subtask takes no input.
 *
 * Order at each operator is that of a channel. What a watermark made due has fired before the next record comes in, also when both
 * were made in one call by an operator further up; a status stays behind the watermark that was sent before it.
 */
import { assert, must } from '../base/assert.ts';
import type { ControlElement, Watermark, WatermarkStatus } from '../base/elements.ts';
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorInput, StreamOperator } from '../base/operator.ts';
import type { RecordWriter } from '../exchange/record-writer.ts';
import type { ChainedOperator } from '../graph/job-graph.ts';
import { guard, OperatorTarget, WriterTarget } from './chain-output.ts';
import type { ChainOutput } from './chain-output.ts';
import { generatedCollect } from './generated-collect.ts';
import type { TaskConfiguration } from './task-configuration.ts';

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

/** A node and what has reached it besides records. */
interface ChainLink {
  readonly node: ChainNode;
  readonly next: readonly number[];
  readonly writers: readonly RecordWriter[];
  /** In order of arrival. The first, if any, is a watermark that the operator knows of: it goes on when all it made due has fired. */
  readonly waiting: (Watermark | WatermarkStatus)[];
}

/** Firings between two looks at outputs and sinks: what they emit is what may wait there beyond their room. */
const FIRINGS_PER_LOOK = 16;

export class OperatorChain {
  readonly nodes: readonly ChainNode[];
  readonly writers: readonly ChainWriter[];
  readonly #links: readonly ChainLink[];
  /** Operators that may refuse a record: asked after each one. */
  readonly #bounded: readonly StreamOperator[];
  /** Watermarks and statuses that wait anywhere in the chain. */
  #waitingCount = 0;
  #outputWatermarkMs: EventTimeMs = WATERMARK_MIN;

  constructor(
    nodes: readonly ChainNode[],
    writers: readonly ChainWriter[],
    { checkValues, checkMutation }: Pick<TaskConfiguration, 'checkValues' | 'checkMutation'>,
  ) {
    assert(nodes.length > 0, 'A chain without operators');
    this.nodes = nodes;
    this.writers = writers;
    this.#links = nodes.map((node, index) => ({
      node,
      next: node.chained.next.map(({ chainIndex }) => chainIndex),
      writers: writers.filter(({ chainIndex }) => chainIndex === index).map(({ writer }) => writer),
      waiting: [],
    }));
    this.#bounded = nodes.flatMap(({ operator }) => (operator?.isAvailable === undefined ? [] : [operator]));
    for (const node of nodes) this.#connectNext(node);
    for (const { chainIndex, sideTag, writer } of writers) {
      this.#link(chainIndex).node.output.connect(new WriterTarget(writer, checkValues), sideTag);
    }
    this.#generate(checkMutation);
  }

  /** For all that is called by itself: the others' work is in the functions of those before them. */
  #generate(checkMutation: boolean): void {
    for (const [index, { operator, output }] of this.nodes.entries()) {
      if (index === 0 || operator?.recordStep === undefined) output.collect = generatedCollect(output, checkMutation);
    }
  }

  headInput(inputIndex: number): OperatorInput {
    return must(this.#link(0).node.operator, 'operator at the head of the chain').input(inputIndex);
  }

  /** The watermark that last left the chain. */
  get outputWatermarkMs(): EventTimeMs {
    return this.#outputWatermarkMs;
  }

  get isWatermarkPending(): boolean {
    return this.#waitingCount > 0;
  }

  /**
   * From the merged inputs, or from a source (whose head has no operator). Call `advance` until it returns true. No input follows
   * before that, but one element of a channel may give two watermarks: they pass one after the other.
   */
  startWatermark(watermarkMs: EventTimeMs): void {
    assert(this.#waitingCount <= 1, 'A watermark while others are on their way');
    this.#enter(this.#link(0), { kind: 'watermark', timestampMs: watermarkMs });
  }

  /** Goes through the chain at once, or behind a watermark that is on its way. */
  emitStatus(isIdle: boolean): void {
    this.#enter(this.#link(0), { kind: 'status', isIdle });
  }

  /** An operator of the chain made a watermark of its own; it goes on with the next `advance`. */
  emitWatermarkFrom(chainIndex: number, watermarkMs: EventTimeMs): void {
    this.#emit(this.#link(chainIndex), { kind: 'watermark', timestampMs: watermarkMs });
  }

  emitStatusFrom(chainIndex: number, isIdle: boolean): void {
    this.#emit(this.#link(chainIndex), { kind: 'status', isIdle });
  }

  /**
   * After a restore, before the first record: a checkpoint may have interrupted a burst of firings, and what was due then is due
   * now. True when none is left.
   */
  fireRestored(limit: number): boolean {
    for (const link of this.#links) if (!this.#fireDue(link, limit) || this.#isFull) return false;
    return true;
  }

  /** True when no watermark is on its way any more. Fires at most `limit` timers of an operator, fewer when an output or a sink fills up. */
  advance(limit: number): boolean {
    while (this.#waitingCount > 0) {
      // The last of those that have something to do: what it emits finds nothing to be done before.
      const link = must(
        this.#links.findLast(({ waiting }) => waiting.length > 0),
        'link with a watermark',
      );
      if (!this.#fireDue(link, limit)) return false;
      this.#goOn(link);
      if (this.#isFull) return this.#waitingCount === 0;
    }
    return true;
  }

  /** To every channel of every exchange: barriers, cancel markers, end of input. */
  broadcast(element: ControlElement): void {
    for (const { writer } of this.writers) writer.broadcast(element);
  }

  get isBlocked(): boolean {
    const { writers } = this;
    for (let index = 0; index < writers.length; index++) if (writers[index]?.writer.isBlocked === true) return true;
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
    const bounded = this.#bounded;
    for (let index = 0; index < bounded.length; index++) if (bounded[index]?.isAvailable?.() === false) return false;
    return true;
  }

  /** Asked after each record: may the next one follow in this step? */
  get mustPause(): boolean {
    return this.#waitingCount > 0 || this.isBlocked || !this.isAvailable;
  }

  get #isFull(): boolean {
    return this.isBlocked || !this.isAvailable;
  }

  nextProcessingTimeMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { operator } of this.nodes)
      nextMs = Math.min(nextMs, operator?.nextProcessingTimeMs?.() ?? Number.POSITIVE_INFINITY);
    return nextMs;
  }

  /** Head to tail; true when nothing due is left. */
  fireProcessingTime(nowMs: number, limit: number): boolean {
    for (const { operator, chained } of this.nodes) {
      const fire = (firings: number): boolean => operator?.fireProcessingTime?.(nowMs, firings) ?? true;
      if (!this.#fireInPieces(chained, fire, limit) || this.#isFull) return false;
    }
    return true;
  }

  /** Runs a call of each operator, head to tail, with the operator named in errors. */
  forEach(call: (operator: StreamOperator, chained: ChainedOperator) => void): void {
    for (const { operator, chained } of this.nodes)
      if (operator !== undefined) guard(chained, () => call(operator, chained));
  }

  #fireDue({ node: { operator, chained } }: ChainLink, limit: number): boolean {
    return this.#fireInPieces(chained, (firings) => operator?.fireDue?.(firings) ?? true, limit);
  }

  /** Ends early when an output fills up. */
  #fireInPieces(chained: ChainedOperator, fire: (limit: number) => boolean, limit: number): boolean {
    for (let left = limit; left > 0; left -= FIRINGS_PER_LOOK) {
      if (guard(chained, () => fire(Math.min(left, FIRINGS_PER_LOOK)))) return true;
      if (this.#isFull) return false;
    }
    return false;
  }

  #enter(link: ChainLink, element: Watermark | WatermarkStatus): void {
    link.waiting.push(element);
    this.#waitingCount++;
    if (link.waiting.length === 1) this.#arrive(link);
  }

  /** The first of those that wait reaches the operator. A status makes nothing due and goes on. */
  #arrive(link: ChainLink): void {
    const { operator, chained } = link.node;
    const [first] = link.waiting;
    if (first === undefined) return;
    if (first.kind === 'status') this.#goOn(link);
    else guard(chained, () => operator?.processWatermark?.(first.timestampMs));
  }

  /** The first of those that wait leaves the operator; the next one arrives. */
  #goOn(link: ChainLink): void {
    const element = must(link.waiting.shift(), 'watermark or status that waits');
    this.#waitingCount--;
    if (link.node.operator?.makesWatermarks !== true) this.#emit(link, element);
    this.#arrive(link);
  }

  #emit(link: ChainLink, element: Watermark | WatermarkStatus): void {
    for (const index of link.next) this.#enter(this.#link(index), element);
    for (const writer of link.writers) writer.broadcast(element);
    const isEnd = link.writers.length > 0 || link.next.length === 0;
    if (isEnd && element.kind === 'watermark') {
      this.#outputWatermarkMs = Math.max(this.#outputWatermarkMs, element.timestampMs);
    }
  }

  /** A record follows a watermark within one call: everything due fires now, however much it is. */
  #catchUp(link: ChainLink): void {
    const { operator, chained } = link.node;
    while (link.waiting.length > 0) {
      guard(chained, () => operator?.fireDue?.(Number.POSITIVE_INFINITY));
      this.#goOn(link);
    }
  }

  #connectNext(node: ChainNode): void {
    for (const { chainIndex, sideTag } of node.chained.next) {
      const link = this.#link(chainIndex);
      const { waiting } = link;
      const { chained, output } = link.node;
      const operator = must(link.node.operator, `operator '${chained.name}'`);
      const input = operator.input(0);
      const catchUp = (): void => this.#catchUp(link);
      node.output.connect(
        new OperatorTarget({ input, operator: chained, step: operator.recordStep, output, waiting, catchUp }),
        sideTag,
      );
    }
  }

  #link(chainIndex: number): ChainLink {
    const link = this.#links[chainIndex];
    assert(link !== undefined, () => `No operator ${chainIndex} in the chain`);
    return link;
  }
}
