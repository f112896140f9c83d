/**
 * The contract between a task and the operators it runs. Implemented in operators/ (and task/ for source and sink); called
 * only by task/, on the slot's thread, one call at a time:
 *
 *   setup → [restore: state is in place before] → open → (processElement | processWatermark, fireDue* | fireProcessingTime |
 *   prepareBarrier, snapshot | checkpointCompleted | checkpointAborted)* → finish → close
 *
 * `close` is called exactly once after `setup`, after failures too. Nothing but `open` and `close` may be asynchronous. Emission
 * is allowed only inside processElement, fireDue, fireProcessingTime, prepareBarrier and finish; everything emitted goes to
 * the output at once and never fails: what does not fit waits in the subtask's overflow, which then is not stepped.
 */
import type { CheckpointId } from './ids.ts';
import type { CommitPermit } from './commit-permit.ts';
import type { Environment, Logger } from './environment.ts';
import type { MillraceError } from './errors.ts';
import type { EventTimeMs } from './event-time.ts';
import type { KeyedStateBackend } from './keyed-state.ts';
import type { OperatorStateStore } from './operator-state.ts';
import type { StateDescriptorInfo } from './state-handle.ts';
import type { SubtaskMetrics } from './metrics.ts';

export type { StateDescriptorInfo } from './state-handle.ts';

/** Where an operator's results go: the next operator of the chain, or channels. */
export interface Output<Out> {
  /** The value belongs to the engine afterwards. `timestampMs` may be NO_TIMESTAMP. */
  collect(value: Out, timestampMs: EventTimeMs): void;
  collectSide(tagId: string, value: unknown, timestampMs: EventTimeMs): void;
}

export interface OperatorContext {
  readonly operatorName: string;
  readonly operatorUid: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly attemptNumber: number;
  readonly output: Output<unknown>;
  /** Present for operators on a keyed stream. */
  readonly keyedState: KeyedStateBackend | undefined;
  readonly operatorState: OperatorStateStore;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly metrics: SubtaskMetrics;
  /** Parameters of the job: --name value after --. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Aborted when the subtask is canceled or fails. */
  readonly signal: AbortSignal;
  readonly callGate: CallGate;
  /** Values handed to and taken from user code are frozen deeply (inline, sim, --check-mutation). */
  readonly checkMutation: boolean;
  /** pipeline.auto-watermark-interval, for operators that make watermarks; absent: its default, 200 ms. */
  readonly autoWatermarkIntervalMs?: number;
  /** The operator's watermark as restored; WATERMARK_MIN on a fresh start. */
  readonly restoredWatermarkMs: EventTimeMs;
  /** From any callback of I/O: asks for a step of this subtask soon. */
  wakeUp(): void;
  /** Only for operators with `makesWatermarks`: sends a watermark or status of their own downstream. */
  emitWatermark(watermarkMs: EventTimeMs): void;
  emitStatus(isIdle: boolean): void;
}

/** Open while the subtask is inside a step: emitting at any other time is EMIT_OUTSIDE_CALL. */
export interface CallGate {
  readonly isOpen: boolean;
  /**
   * Takes the error of user code that used something of the subtask while the gate was closed, and fails the subtask with it. It is
   * not thrown: the caller is a timer or a promise, where it would end the thread or the process instead of the job, or another
   * subtask, which has done nothing wrong.
   */
  refuse(error: MillraceError): void;
}

export interface OperatorInput {
  /** `keyGroup` is NO_KEY_GROUP unless the record came through a keyed exchange. */
  processElement(value: unknown, timestampMs: EventTimeMs, keyGroup: number): void;
}

/**
 * All that an operator does with a record, where that is one call of a function: `map` emits the function's result, `filter` the
 * value itself if the result is true. Chains do this in code of their own (task/generated-collect.ts) in place of `processElement`.
 */
export interface RecordStep {
  readonly kind: 'map' | 'filter';
  readonly call: (value: unknown) => unknown;
  /** Given a result that may not be one: a promise, or for `filter` anything but a boolean. Throws if it is not allowed. */
  readonly checkResult: (result: unknown) => void;
}

export interface StreamOperator {
  /** Read once, after `setup`; `processElement` must do the same. */
  readonly recordStep?: RecordStep;
  setup(context: OperatorContext): void;
  /** Before the first record; bounded by task.function.open-timeout. */
  open?(): void | Promise<void>;
  /** Input 0 for operators with one input; two-input operators have 0 and 1. */
  input(index: number): OperatorInput;
  /**
   * The operator's watermark rose (already merged over all channels and inputs; strictly growing). Due timers and windows fire
   * in the calls of `fireDue` that follow; the task forwards the watermark downstream when `fireDue` has returned true.
   */
  processWatermark?(watermarkMs: EventTimeMs): void;
  /**
   * Fires at most `limit` timers or windows of the current watermark; true when none is left. No record comes in between. Also
   * called until true after a restore, before the first record: the checkpoint may have been taken while timers were firing.
   */
  fireDue?(limit: number): boolean;
  /**
   * True: upstream watermarks and statuses end at this operator; it gets them (processWatermark) but sends its own through the
   * context, the final one (+Infinity) included.
   */
  readonly makesWatermarks?: boolean;
  /**
   * True: for watermarks and idleness the channels of all inputs count as those of one, as in a union. Otherwise the inputs are
   * merged one by one and then combined (exchange/input-watermarks.ts). Read once, when the subtask has opened.
   */
  readonly unitesInputs?: boolean;
  /** The earliest processing-time timer, Infinity for none. */
  nextProcessingTimeMs?(): number;
  /** Fires at most `limit` processing-time timers due at `nowMs`; true when none is left. */
  fireProcessingTime?(nowMs: number, limit: number): boolean;
  /** False while the operator cannot take a record now (a sink's buffer is full); it calls `wakeUp` when that changes. */
  isAvailable?(): boolean;
  /** Just before the barrier leaves: a sink flushes and makes its committables. */
  prepareBarrier?(checkpointId: CheckpointId): void;
  /**
   * Synchronous part: put operator state in order; it is encoded as soon as this returns. Keyed state needs nothing here. The
   * returned promise (fsync of a sink's file) must settle before the subtask acknowledges.
   */
  snapshot?(checkpointId: CheckpointId): Promise<void> | undefined;
  /** The watermark that goes into the snapshot and comes back as `restoredWatermarkMs`; absent for operators without timers. */
  currentWatermarkMs?(): EventTimeMs;
  /** At most once an id, growing; completion of n implies all below. The promise settles when commits are done; it fails the subtask. */
  checkpointCompleted?(permit: CommitPermit): void | Promise<void>;
  checkpointAborted?(checkpointId: CheckpointId): void;
  /** All input has ended and all timers have fired; last chance to emit. */
  finish?(): void;
  close?(): void | Promise<void>;
}

/** Makes one fresh operator for one subtask; `kind` and `states` are part of the job graph and its hash. */
export interface OperatorFactory {
  /** 'map', 'filter', 'window', ... */
  readonly kind: string;
  readonly states: readonly StateDescriptorInfo[];
  /** Keeps timers, windows or state: wants a uid, and gets a warning without. */
  readonly isStateful: boolean;
  create(): StreamOperator;
}
