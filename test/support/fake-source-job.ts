/**
 * Stands in for everything around a source in one attempt of a job: the coordinator with its gateways, the slots, the checkpoint
 * coordinator. Nothing happens by itself: a test says which subtask polls or takes its next event, so that it can try any
 * interleaving. Violations of the contract by the source under test throw.
 */
import { assert, must } from '../../src/base/assert.ts';
import type { Environment } from '../../src/base/environment.ts';
import { checkpointId } from '../../src/base/ids.ts';
import { SubtaskMetrics } from '../../src/base/metrics.ts';
import type {
  EnumeratorContext,
  PollStatus,
  ReaderOutput,
  Source,
  SourceReader,
  SourceSplit,
} from '../../src/base/source.ts';
import type { SplitEnumerator } from '../../src/base/source.ts';
import type { MemoryEnvironment } from './memory-environment.ts';

export interface FakeSourceJobOptions<T> {
  readonly source: Source<T>;
  /** With a clock of its own, or the real one. */
  readonly environment: Environment & Partial<Pick<MemoryEnvironment, 'advance'>>;
  readonly parallelism: number;
  readonly restored?: SourceCheckpoint<T> | undefined;
  /** Splits that readers held: dealt out to the new readers as list state, or given back to the enumerator. */
  readonly restoredSplits?: 'dealt' | 'given-back';
}

/** What is in a completed checkpoint. */
export interface SourceCheckpoint<T> {
  readonly enumerator: unknown;
  /** Assigned after the enumerator's snapshot and before that of the reader. */
  readonly held: readonly SourceSplit[];
  readonly splits: readonly SourceSplit[];
  /** Emitted before the barriers, by this attempt and those before it. */
  readonly records: readonly T[];
}

type Event =
  | { readonly kind: 'splits'; readonly splits: readonly SourceSplit[] }
  | { readonly kind: 'no-more' }
  | { readonly kind: 'barrier' };

interface Subtask<T> {
  readonly reader: SourceReader<T, SourceSplit>;
  readonly output: CheckedOutput<T>;
  /** On their way to the reader, in order. */
  readonly events: Event[];
  /** What the enumerator sent since its snapshot, until the subtask acknowledges. */
  held: Event[] | undefined;
  isAwake: boolean;
  isEnded: boolean;
}

interface Pending<T> {
  readonly enumerator: unknown;
  readonly held: SourceSplit[];
  readonly splits: SourceSplit[];
  readonly records: T[];
  acknowledged: number;
}

export class FakeSourceJob<T> {
  readonly #options: FakeSourceJobOptions<T>;
  readonly #enumerator: SplitEnumerator<SourceSplit, unknown>;
  readonly #registered = new Set<number>();
  readonly #subtasks: readonly Subtask<T>[];
  #requests: number[] = [];
  #pending: Pending<T> | undefined;
  #checkpoints = 0;
  /** The last completed one. */
  checkpoint: SourceCheckpoint<T> | undefined;
  #error: Error | undefined;
  #activity: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(options: FakeSourceJobOptions<T>) {
    this.#options = options;
    this.checkpoint = options.restored;
    const { source } = options;
    this.#enumerator = source.createEnumerator(this.#enumeratorContext(), options.restored?.enumerator);
    this.#subtasks = Array.from({ length: options.parallelism }, (_, index) => this.#makeSubtask(index));
  }

  /** What was emitted, the restored checkpoint's records first. */
  get records(): readonly T[] {
    const before = this.#options.restored?.records ?? [];
    return [...before, ...this.#subtasks.flatMap(({ output }) => output.records)];
  }

  get sideRecords(): readonly unknown[] {
    return this.#subtasks.flatMap(({ output }) => output.sideRecords);
  }

  get isEnded(): boolean {
    return this.#subtasks.every(({ isEnded }) => isEnded);
  }

  get parallelism(): number {
    return this.#subtasks.length;
  }

  async start(): Promise<void> {
    const { restored, restoredSplits = 'dealt' } = this.#options;
    await this.#enumerator.start();
    if (restored !== undefined && restored.held.length > 0) this.#enumerator.addSplitsBack(restored.held, 0);
    const splits = restored?.splits ?? [];
    if (restoredSplits === 'given-back' && splits.length > 0) this.#enumerator.addSplitsBack(splits, 0);
    for (const [index, subtask] of this.#subtasks.entries()) {
      await subtask.reader.start();
      const own = restoredSplits === 'dealt' ? splits.filter((_, at) => at % this.parallelism === index) : [];
      subtask.output.assigned(own);
      if (own.length > 0) subtask.reader.addSplits(own);
      this.#registered.add(index);
      this.#enumerator.addReader(index);
      this.#takeRequests();
    }
    this.#check();
  }

  /** One step of a subtask: its next event, then a poll. False when there was nothing to do. */
  step(subtaskIndex: number, limit: number, room: number = Number.POSITIVE_INFINITY): boolean {
    const subtask = must(this.#subtasks[subtaskIndex], 'subtask');
    const hadEvent = this.#takeEvent(subtask);
    if (subtask.isEnded || !subtask.isAwake) return hadEvent;
    subtask.isAwake = false;
    const count = subtask.output.count;
    const status = subtask.output.duringPoll(limit, room, () => subtask.reader.poll(subtask.output, limit));
    if (status === 'more') subtask.isAwake = true;
    if (status === 'end') {
      subtask.output.checkEnd();
      subtask.isEnded = true;
    }
    this.#takeRequests();
    this.#check();
    return hadEvent || status !== 'nothing' || subtask.output.count > count;
  }

  /** The enumerator's part of a checkpoint; the subtasks' parts come with their barriers. */
  triggerCheckpoint(): void {
    if (this.#pending !== undefined) return;
    this.#checkpoints++;
    const enumerator = structuredClone(this.#enumerator.snapshotState(checkpointId(this.#checkpoints)));
    this.#pending = {
      enumerator,
      held: [],
      splits: [],
      records: [...(this.#options.restored?.records ?? [])],
      acknowledged: 0,
    };
    for (const subtask of this.#subtasks) {
      subtask.events.push({ kind: 'barrier' });
      subtask.held = [];
    }
  }

  /** Hands each subtask all that is on its way to it, without polling. */
  deliver(): void {
    for (const subtask of this.#subtasks) {
      while (this.#takeEvent(subtask)) this.#check();
    }
  }

  /** Steps all subtasks until they have ended. */
  async runToEnd(limit: number = 100): Promise<void> {
    await this.runUntil(() => this.isEnded, limit);
    assert(this.isEnded, 'The source is stuck: nothing to poll, no end');
  }

  /** Steps all subtasks in turn until `condition`, or until nothing happens any more even when time goes on. */
  async runUntil(condition: () => boolean, limit: number = 100): Promise<void> {
    for (let idleTurns = 0; !condition() && idleTurns < IDLE_TURNS_MAX; idleTurns++) {
      for (const index of this.#subtasks.keys()) if (this.step(index, limit)) idleTurns = -1;
      if (idleTurns < 0) continue;
      await this.#pause(idleTurns);
      this.#check();
    }
  }

  /** The attempt is over, however far it came. */
  async close(): Promise<void> {
    await Promise.all(this.#subtasks.map(async ({ reader }) => reader.close()));
    await this.#enumerator.close?.();
  }

  /** Until something may have happened: in virtual time at the next turn, in real time when a reader or the enumerator says so. */
  async #pause(idleTurns: number): Promise<void> {
    const { environment } = this.#options;
    if (environment.advance === undefined) {
      await this.#activity.promise;
      this.#activity = Promise.withResolvers();
    } else {
      await turn();
      if (idleTurns % 10 === 9) environment.advance(10);
    }
  }

  #takeEvent(subtask: Subtask<T>): boolean {
    const event = subtask.events.shift();
    switch (event?.kind) {
      case 'splits':
        subtask.output.assigned(event.splits);
        subtask.reader.addSplits(event.splits);
        break;
      case 'no-more':
        subtask.output.hasNoMoreSplits = true;
        subtask.reader.noMoreSplits();
        break;
      case 'barrier':
        this.#acknowledge(subtask);
        break;
      case undefined:
        return false;
    }
    return true;
  }

  #acknowledge(subtask: Subtask<T>): void {
    const pending = must(this.#pending, 'pending checkpoint');
    const splits = subtask.isEnded ? [] : subtask.reader.snapshotState(checkpointId(this.#checkpoints));
    subtask.output.checkSnapshot(splits);
    pending.splits.push(...structuredClone(splits));
    pending.records.push(...subtask.output.records);
    pending.acknowledged++;
    subtask.events.push(...(subtask.held ?? []));
    subtask.held = undefined;
    if (pending.acknowledged < this.parallelism) return;
    this.#pending = undefined;
    this.checkpoint = pending;
    for (const { reader } of this.#subtasks) reader.notifyCheckpointComplete?.(checkpointId(this.#checkpoints));
    this.#enumerator.notifyCheckpointComplete?.(checkpointId(this.#checkpoints));
  }

  #send(subtaskIndex: number, event: Event): void {
    assert(this.#registered.has(subtaskIndex), () => `Reader ${subtaskIndex} has not registered`);
    const subtask = must(this.#subtasks[subtaskIndex], 'subtask');
    if (event.kind === 'splits') {
      assert(event.splits.length > 0, 'No splits were assigned');
      assert(!subtask.isEnded, 'Splits were assigned to a reader that has ended');
    }
    (subtask.held ?? subtask.events).push(structuredClone(event));
    this.#activity.resolve();
  }

  #takeRequests(): void {
    const requests = this.#requests;
    this.#requests = [];
    for (const subtaskIndex of requests) this.#enumerator.handleSplitRequest(subtaskIndex);
  }

  #fail(error: unknown): void {
    this.#error ??= error instanceof Error ? error : new Error(String(error));
    this.#activity.resolve();
  }

  #check(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  #enumeratorContext(): EnumeratorContext<SourceSplit> {
    const { environment, parallelism } = this.#options;
    const fail = (error: unknown): void => this.#fail(error);
    const guarded = (action: () => void): void => {
      try {
        action();
      } catch (error) {
        fail(error);
      }
    };
    return {
      environment,
      logger: environment.logger,
      parallelism,
      registeredReaders: this.#registered,
      assignSplits: (subtaskIndex, splits) => this.#send(subtaskIndex, { kind: 'splits', splits }),
      signalNoMoreSplits: (subtaskIndex) => this.#send(subtaskIndex, { kind: 'no-more' }),
      // Watermarks are not the fake's business.
      signalNoSplitsYet: () => {},
      setUnassignedLowerBound: () => {},
      callAsync: (work, handler) => void work().then((result) => guarded(() => handler(result)), fail),
      after: (delayMs, action) => void environment.timers.after(delayMs, () => guarded(action)),
    };
  }

  #makeSubtask(subtaskIndex: number): Subtask<T> {
    const { source, environment, parallelism } = this.#options;
    const reader = source.createReader({
      environment,
      logger: environment.logger,
      metrics: new SubtaskMetrics(),
      subtaskIndex,
      parallelism,
      requestSplit: () => void this.#requests.push(subtaskIndex),
      wakeUp: () => {
        subtask.isAwake = true;
        this.#activity.resolve();
      },
      fail: (error) => this.#fail(error),
      signal: new AbortController().signal,
    });
    // Awake at first: a task polls its reader once after the start.
    const subtask: Subtask<T> = {
      reader,
      output: new CheckedOutput<T>(),
      events: [],
      held: undefined,
      isAwake: true,
      isEnded: false,
    };
    return subtask;
  }
}

/** Long enough for whatever goes on in the event loop; time goes on by a few hundred ms meanwhile. */
const IDLE_TURNS_MAX = 300;

/** One turn of the event loop: callbacks of I/O have run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The output of one subtask, watching over the contract of `poll`. */
class CheckedOutput<T> implements ReaderOutput<T> {
  readonly records: T[] = [];
  readonly sideRecords: unknown[] = [];
  hasNoMoreSplits = false;
  readonly #open = new Set<string>();
  #limit = 0;
  #room = 0;
  #isPolling = false;
  #countInPoll = 0;

  get count(): number {
    return this.records.length;
  }

  get isFull(): boolean {
    return this.#countInPoll >= this.#room;
  }

  assigned(splits: readonly SourceSplit[]): void {
    for (const { splitId } of splits) {
      assert(!this.#open.has(splitId), () => `Split '${splitId}' was assigned twice`);
      this.#open.add(splitId);
    }
  }

  duringPoll(limit: number, room: number, poll: () => PollStatus): PollStatus {
    this.#limit = limit;
    this.#room = room;
    this.#countInPoll = 0;
    this.#isPolling = true;
    try {
      return poll();
    } finally {
      this.#isPolling = false;
    }
  }

  collect(split: string, value: T): void {
    this.#countRecord();
    assert(this.#open.has(split), () => `A record came from split '${split}', which the reader does not hold`);
    this.records.push(value);
  }

  collectSide(_tagId: string, value: unknown): void {
    this.#countRecord();
    this.sideRecords.push(value);
  }

  splitFinished(split: string): void {
    assert(this.#isPolling, 'A split was finished outside of poll');
    assert(this.#open.delete(split), () => `Split '${split}' was finished, which the reader does not hold`);
  }

  /** Splits that are not finished must be in the snapshot, and no others. */
  checkSnapshot(splits: readonly SourceSplit[]): void {
    const ids = new Set(splits.map(({ splitId }) => splitId));
    assert(ids.size === splits.length, 'A snapshot holds a split twice');
    assert(ids.symmetricDifference(this.#open).size === 0, 'A snapshot holds other splits than the reader');
  }

  checkEnd(): void {
    assert(this.hasNoMoreSplits, 'The reader ended before it was told that no more splits come');
    assert(this.#open.size === 0, () => `The reader ended with ${this.#open.size} splits open`);
  }

  #countRecord(): void {
    assert(this.#isPolling, 'A record was emitted outside of poll');
    assert(!this.isFull, 'A record was emitted into a full output');
    this.#countInPoll++;
    assert(this.#countInPoll <= this.#limit, 'More records were emitted than the limit');
  }
}
