/**
 * Drives one operator, in as many subtasks as wanted, over the real state backend and a clock that stands still until it is set:
 * Flink's operator test harness. Everything the operator emits is collected in order.
 *
 * It keeps to the contract of base/operator.ts: no record between a watermark and its last firing, the watermark goes on after
 * it, firing goes on after a restore. Snapshots are bytes, and a restored operator has new function objects.
 */
import { assert, must } from '../../src/base/assert.ts';
import { NO_KEY_GROUP } from '../../src/base/elements.ts';
import { NO_TIMESTAMP, WATERMARK_MAX, WATERMARK_MIN } from '../../src/base/event-time.ts';
import type { EventTimeMs } from '../../src/base/event-time.ts';
import type { SubtaskMetricName } from '../../src/base/metrics.ts';
import type { OperatorFactory } from '../../src/base/operator.ts';
import type { KeySpec } from '../../src/graph/stream-graph.ts';
import { keyGroupOf, keyGroupOfHash, subtaskOfKeyGroup } from '../../src/state/key-groups.ts';
import { HarnessSubtask } from './harness-subtask.ts';
import type { HarnessSnapshot } from './harness-subtask.ts';

export type Emitted =
  | { readonly kind: 'record'; readonly out: string; readonly value: unknown; readonly timestampMs: EventTimeMs }
  | { readonly kind: 'watermark'; readonly watermarkMs: EventTimeMs }
  | { readonly kind: 'status'; readonly isIdle: boolean };

export interface HarnessOptions {
  /** Called once for each subtask and restore: a function object is opened once. */
  readonly makeOperator: () => OperatorFactory;
  readonly key?: KeySpec;
  /** Of the second input of an operator that has two. */
  readonly secondKey?: KeySpec;
  readonly parallelism?: number;
  readonly maxParallelism?: number;
  /** Timers fired in one call. */
  readonly fireLimit?: number;
  readonly checkMutation?: boolean;
  readonly autoWatermarkIntervalMs?: number;
  readonly nowMs?: number;
  /** After each call of the operator that is no part of a restore. May call `restart`. */
  readonly afterStep?: (harness: OperatorHarness) => void;
}

/** A key of the plain kind. */
export function keyBy<T>(selector: (value: T) => unknown): KeySpec {
  // The harness is given records of T only.
  return { selector: selector as (value: unknown) => unknown, hash: undefined, hashId: undefined };
}

export class OperatorHarness {
  readonly #options: HarnessOptions;
  readonly #emitted: Emitted[] = [];
  #subtasks: readonly HarnessSubtask[];
  #nowMs: number;
  #watermarkMs: EventTimeMs = WATERMARK_MIN;
  #nextSubtask = 0;
  /** Between a watermark and its last firing. */
  #isFiring = false;

  /** A restored one has inputs that begin anew, without a watermark. */
  constructor(options: HarnessOptions, snapshot?: HarnessSnapshot) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? 0;
    this.#subtasks = this.#makeSubtasks(options.parallelism ?? 1, snapshot);
  }

  get parallelism(): number {
    return this.#subtasks.length;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** What was emitted since the last call. */
  take(): Emitted[] {
    return this.#emitted.splice(0);
  }

  /** Values of the main output since the last call. */
  takeValues(): unknown[] {
    return this.take().flatMap((emitted) =>
      emitted.kind === 'record' && emitted.out === 'main' ? [emitted.value] : [],
    );
  }

  element(value: unknown, timestampMs: EventTimeMs = NO_TIMESTAMP, inputIndex: number = 0): void {
    const { key, secondKey } = this.#options;
    const ownKey = inputIndex === 0 ? key : secondKey;
    const keyGroup = ownKey === undefined ? NO_KEY_GROUP : this.#keyGroupOf(ownKey, value);
    this.#subtaskOf(keyGroup).call((operator) =>
      operator.input(inputIndex).processElement(value, timestampMs, keyGroup),
    );
    this.#stepped();
  }

  /** As at every input, a watermark that does not grow is dropped. */
  watermark(watermarkMs: EventTimeMs): void {
    if (watermarkMs <= this.#watermarkMs) return;
    this.#watermarkMs = watermarkMs;
    const makesWatermarks = this.#subtasks.some(({ operator }) => operator.makesWatermarks === true);
    this.#isFiring = true;
    for (const subtask of this.#subtasks) subtask.call((operator) => operator.processWatermark?.(watermarkMs));
    this.#stepped();
    this.fireDue();
    if (!makesWatermarks) this.#emitted.push({ kind: 'watermark', watermarkMs });
    this.#stepped();
  }

  /** To the end: after a watermark, and after a restore. */
  fireDue(): void {
    this.#isFiring = true;
    while (!this.#fire((operator, limit) => operator.fireDue?.(limit) ?? true)) this.#stepped();
    this.#isFiring = false;
  }

  status(isIdle: boolean): void {
    if (this.#subtasks.some(({ operator }) => operator.makesWatermarks === true)) return;
    this.#emitted.push({ kind: 'status', isIdle });
  }

  processingTime(nowMs: number): void {
    this.#nowMs = nowMs;
    const isDue = (): boolean =>
      this.#subtasks.some(({ operator }) => (operator.nextProcessingTimeMs?.() ?? Infinity) <= nowMs);
    while (isDue()) {
      this.#fire((operator, limit) => operator.fireProcessingTime?.(nowMs, limit) ?? true);
      this.#stepped();
    }
    this.#stepped();
  }

  endOfInput(): void {
    this.watermark(WATERMARK_MAX);
    for (const subtask of this.#subtasks) subtask.call((operator) => operator.finish?.());
  }

  close(): void {
    for (const { operator } of this.#subtasks) void operator.close?.();
  }

  metric(name: SubtaskMetricName): number {
    return this.#subtasks.reduce((sum, { metrics }) => sum + metrics.get(name), 0);
  }

  /** Entries in keyed state, timers included. */
  get entryCount(): number {
    return this.#subtasks.reduce((sum, { keyedState }) => sum + (keyedState?.entryCount ?? 0), 0);
  }

  snapshot(): HarnessSnapshot {
    const snapshots = this.#subtasks.map((subtask) => subtask.snapshot());
    const watermarksMs = snapshots.map(({ watermarkMs }) => watermarkMs);
    return {
      keyGroups: new Map(snapshots.flatMap(({ keyGroups }) => [...keyGroups])),
      lists: snapshots.flatMap(({ lists }) => lists),
      watermarkMs: Math.min(...watermarksMs),
    };
  }

  /** Replaces all subtasks by ones that are restored from a snapshot of now; `fireDue` goes on when it is between two firings. */
  restart(parallelism: number = this.parallelism): void {
    const snapshot = this.snapshot();
    this.close();
    this.#subtasks = this.#makeSubtasks(parallelism, snapshot);
    if (this.#isFiring) return;
    const fireAll = (): void => {
      while (!this.#fire((operator, limit) => operator.fireDue?.(limit) ?? true)) continue;
    };
    fireAll();
    // Upstream is restored too and begins with an older watermark.
    if (!Number.isFinite(this.#watermarkMs)) return;
    for (const subtask of this.#subtasks)
      subtask.call((operator) => operator.processWatermark?.(this.#watermarkMs - 1));
    fireAll();
  }

  #makeSubtasks(parallelism: number, snapshot: HarnessSnapshot | undefined): readonly HarnessSubtask[] {
    const { maxParallelism = 128, checkMutation = true, autoWatermarkIntervalMs, key, makeOperator } = this.#options;
    return Array.from(
      { length: parallelism },
      (_, subtaskIndex) =>
        new HarnessSubtask({
          operator: makeOperator().create(),
          key,
          subtaskIndex,
          parallelism,
          maxParallelism,
          checkMutation,
          autoWatermarkIntervalMs,
          snapshot,
          emit: (emitted) => this.#emitted.push(emitted),
          nowMs: () => this.#nowMs,
        }),
    );
  }

  /** True when no subtask has anything due any more. */
  #fire(fire: (operator: HarnessSubtask['operator'], limit: number) => boolean): boolean {
    const { fireLimit = Number.POSITIVE_INFINITY } = this.#options;
    return this.#subtasks
      .map((subtask) => subtask.call((operator) => fire(operator, fireLimit)))
      .every((isDone) => isDone);
  }

  #stepped(): void {
    this.#options.afterStep?.(this);
  }

  #keyGroupOf({ selector, hash }: KeySpec, value: unknown): number {
    const { maxParallelism = 128 } = this.#options;
    const key = selector(value);
    return hash === undefined ? keyGroupOf(key, maxParallelism) : keyGroupOfHash(hash(key), maxParallelism);
  }

  #subtaskOf(keyGroup: number): HarnessSubtask {
    const { maxParallelism = 128 } = this.#options;
    const index =
      keyGroup === NO_KEY_GROUP
        ? this.#nextSubtask++ % this.parallelism
        : subtaskOfKeyGroup(keyGroup, maxParallelism, this.parallelism);
    assert(index < this.parallelism, () => `No subtask ${index}`);
    return must(this.#subtasks[index], 'subtask');
  }
}
