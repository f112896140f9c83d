/**
 * An operator that does what a test says and logs every call: 'map a', 'map open', 'map watermark 5', 'map fire 5', 'map barrier 1',
 * 'map snapshot 1', 'map completed 1', 'map aborted 1', 'map finish', 'map close'. Records are passed on unless `onRecord` says otherwise.
 */
import { WATERMARK_MIN } from '../../src/base/event-time.ts';
import type { EventTimeMs } from '../../src/base/event-time.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { CommitPermit } from '../../src/base/commit-permit.ts';
import type { OperatorContext, OperatorFactory, OperatorInput, StreamOperator } from '../../src/base/operator.ts';
import { shownRecord } from './scripted-elements.ts';

export interface FakeOperatorOptions {
  readonly name: string;
  readonly log: string[];
  readonly makesWatermarks?: boolean;
  readonly unitesInputs?: boolean;
  /** Records of the second input get its number: '2 a'. */
  readonly marksInputs?: boolean;
  /** Firings that each watermark makes due; each emits '<name> <watermark>'. */
  readonly firings?: number;
  readonly onSetup?: (context: OperatorContext) => void;
  readonly onOpen?: () => void | Promise<void>;
  readonly onRecord?: (value: string, timestampMs: EventTimeMs, context: OperatorContext) => void;
  readonly onWatermark?: (watermarkMs: EventTimeMs, context: OperatorContext) => void;
  readonly onSnapshot?: (checkpointId: CheckpointId, context: OperatorContext) => Promise<void> | undefined;
  readonly onCompleted?: (permit: CommitPermit) => Promise<void> | void;
  readonly onFinish?: (context: OperatorContext) => void;
  readonly onClose?: () => void | Promise<void>;
}

export class FakeOperator implements StreamOperator, OperatorInput {
  readonly makesWatermarks: boolean;
  readonly unitesInputs: boolean;
  isWritable = true;
  /** The next processing-time timer; firing it emits '<name> timer'. */
  timerMs = Number.POSITIVE_INFINITY;
  readonly #options: FakeOperatorOptions;
  #context: OperatorContext | undefined;
  #watermarkMs: EventTimeMs = WATERMARK_MIN;
  #due = 0;

  constructor(options: FakeOperatorOptions) {
    this.#options = options;
    this.makesWatermarks = options.makesWatermarks ?? false;
    this.unitesInputs = options.unitesInputs ?? false;
  }

  get context(): OperatorContext {
    if (this.#context === undefined) throw new Error(`Operator '${this.#options.name}' was not set up`);
    return this.#context;
  }

  setup(context: OperatorContext): void {
    this.#context = context;
    this.#watermarkMs = context.restoredWatermarkMs;
    this.#options.onSetup?.(context);
  }

  open(): void | Promise<void> {
    this.#log('open');
    return this.#options.onOpen?.();
  }

  input(index: number): OperatorInput {
    if (index === 0 || this.#options.marksInputs !== true) return this;
    return {
      processElement: (value, timestampMs) => this.processElement(`${index + 1} ${String(value)}`, timestampMs),
    };
  }

  processElement(value: unknown, timestampMs: EventTimeMs): void {
    this.#log(shownRecord(value, timestampMs));
    const { onRecord } = this.#options;
    if (onRecord === undefined) this.context.output.collect(value, timestampMs);
    else onRecord(String(value), timestampMs, this.context);
  }

  processWatermark(watermarkMs: EventTimeMs): void {
    this.#log(`watermark ${watermarkMs}`);
    if (watermarkMs > this.#watermarkMs) this.#due += this.#options.firings ?? 0;
    this.#watermarkMs = Math.max(this.#watermarkMs, watermarkMs);
    this.#options.onWatermark?.(watermarkMs, this.context);
  }

  /** As restored: so many firings are due. */
  setDue(count: number): void {
    this.#due = count;
  }

  fireDue(limit: number): boolean {
    for (let fired = 0; fired < limit && this.#due > 0; fired++) {
      this.#due--;
      this.#log(`fire ${this.#watermarkMs}`);
      this.context.output.collect(`${this.#options.name} ${this.#watermarkMs}`, Number.NaN);
    }
    return this.#due === 0;
  }

  nextProcessingTimeMs(): number {
    return this.timerMs;
  }

  fireProcessingTime(nowMs: number): boolean {
    if (nowMs < this.timerMs) return true;
    this.timerMs = Number.POSITIVE_INFINITY;
    this.#log('timer');
    this.context.output.collect(`${this.#options.name} timer`, Number.NaN);
    return true;
  }

  isAvailable(): boolean {
    return this.isWritable;
  }

  prepareBarrier(checkpointId: CheckpointId): void {
    this.#log(`barrier ${checkpointId}`);
  }

  snapshot(checkpointId: CheckpointId): Promise<void> | undefined {
    this.#log(`snapshot ${checkpointId}`);
    return this.#options.onSnapshot?.(checkpointId, this.context);
  }

  currentWatermarkMs(): EventTimeMs {
    return this.#watermarkMs;
  }

  checkpointCompleted(permit: CommitPermit): void | Promise<void> {
    this.#log(`completed ${permit.checkpointId}`);
    return this.#options.onCompleted?.(permit);
  }

  checkpointAborted(checkpointId: CheckpointId): void {
    this.#log(`aborted ${checkpointId}`);
  }

  finish(): void {
    this.#log('finish');
    this.#options.onFinish?.(this.context);
  }

  close(): void | Promise<void> {
    this.#log('close');
    return this.#options.onClose?.();
  }

  #log(what: string): void {
    this.#options.log.push(`${this.#options.name} ${what}`);
  }
}

/** Hands out the one operator; asking twice is an error of the test. */
export function factoryOf(operator: StreamOperator): OperatorFactory {
  let isTaken = false;
  return {
    kind: 'fake',
    states: [],
    isStateful: false,
    create: () => {
      if (isTaken) throw new Error('A fake operator serves one subtask');
      isTaken = true;
      return operator;
    },
  };
}
