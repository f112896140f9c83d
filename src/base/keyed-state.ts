/**
 * The contract of a keyed state backend. One backend serves one operator of one subtask and owns the key groups of that
 * subtask's range. Nothing here assumes that values are heap objects: what `get` returns is valid until the callback returns.
 *
 * Entries are addressed by (state, current key, namespace). The namespace is a window or VOID_NAMESPACE.
 *
 * Snapshots: `startSnapshot` is the synchronous part and only takes a version number; the cursor it returns writes the state as
 * of that moment in slices, while processing goes on. Several cursors may be open at once. Contract suite: test/contract/keyed-state.ts.
 */
import type { CheckpointId } from './ids.ts';
import type { EventTimeMs } from './event-time.ts';
import type { KeyGroupChain, SectionRef, StateDescriptorInfo } from './state-handle.ts';

export type { KeyGroupChain } from './state-handle.ts';

/** A window as a primitive (its operator knows how to read it), or VOID_NAMESPACE. */
export type Namespace = number | string;
export const VOID_NAMESPACE: Namespace = '';

export interface KeyGroupRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

export type TimeDomain = 'event-time' | 'processing-time';

export interface TimerEntry {
  readonly key: unknown;
  readonly keyGroup: number;
  readonly namespace: Namespace;
  readonly timestampMs: EventTimeMs;
}

/** Timers of one operator: keyed state, deduplicated by (key, namespace, timestamp), fired in order of time. */
export interface TimerService {
  register(domain: TimeDomain, namespace: Namespace, timestampMs: EventTimeMs): void;
  delete(domain: TimeDomain, namespace: Namespace, timestampMs: EventTimeMs): void;
  /**
   * Removes and hands over at most `limit` timers with timestamp <= `untilMs`, in order of time, with their key set as current.
   * Timers registered by `onTimer` that are due fire in the same round, as in Flink. True when none is left.
   */
  fire(domain: TimeDomain, untilMs: EventTimeMs, limit: number, onTimer: (timer: TimerEntry) => void): boolean;
  /** Earliest timer, Infinity for none. */
  next(domain: TimeDomain): EventTimeMs;
}

/** Access to one registered state under the current key. Specific kinds (list, map, ...) are built on it in state/. */
export interface StateTable {
  readonly descriptor: StateDescriptorInfo;
  /** The value, undefined when absent. Handing out an object counts as a change of it (see state/hashmap). */
  get(namespace: Namespace): unknown;
  /** As `get`, but the caller neither changes the object nor passes it on: it does not count as changed. */
  peek(namespace: Namespace): unknown;
  /**
   * `value` must not be undefined. The state shares no object with it: what is kept is a copy, unless it is the object that `get`
   * handed out, changed in place and put back.
   */
  put(namespace: Namespace, value: unknown): void;
  /** Adds to the end of the array that is the value, or makes one: what a list state adds with, at the cost of the element. */
  append(namespace: Namespace, element: unknown): void;
  remove(namespace: Namespace): void;
  has(namespace: Namespace): boolean;
  /**
   * Makes each key with an entry the current one, key group by key group: how an operator finds out what it has after a restore.
   * `visit` changes nothing.
   */
  forEachEntry(visit: (namespace: Namespace) => void): void;
}

/** A map state: entries are addressed one by one, so that a snapshot and a delta hold entries, not whole maps. */
export interface MapStateTable {
  readonly descriptor: StateDescriptorInfo;
  get(namespace: Namespace, mapKey: unknown): unknown;
  put(namespace: Namespace, mapKey: unknown, value: unknown): void;
  remove(namespace: Namespace, mapKey: unknown): void;
  has(namespace: Namespace, mapKey: unknown): boolean;
  /** In order of insertion. Entries may be removed while iterating. */
  entries(namespace: Namespace): IterableIterator<[unknown, unknown]>;
  /** As `entries`, but hands no values out. */
  keys(namespace: Namespace): IterableIterator<unknown>;
  isEmpty(namespace: Namespace): boolean;
  clear(namespace: Namespace): void;
}

export interface SectionSink {
  /** One key group's part of the snapshot: self-contained bytes. Copied or written before the call returns. */
  writeSection(section: KeyGroupSection): void;
}

export interface KeyGroupSection {
  readonly keyGroup: number;
  /** True: the whole key group, starts a new chain. False: upserts and tombstones since the chain's last section. */
  readonly isBase: boolean;
  readonly entryCount: number;
  readonly bytes: Uint8Array;
}

export interface SnapshotCursor {
  readonly checkpointId: CheckpointId;
  /** Entries still to look at, an estimate for pacing. */
  readonly remainingEntries: number;
  /** Looks at no more than about `entryLimit` entries; true when everything was handed to the sink. */
  advance(entryLimit: number, sink: SectionSink): boolean;
  /** Gives the snapshot up: pre-images are dropped, dirty sets go back. */
  cancel(): void;
}

export interface KeyedStateBackend {
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
  readonly timers: TimerService;
  /** Declared states only, before `open`. Same name twice is an error. */
  table(descriptor: StateDescriptorInfo): StateTable;
  mapTable(descriptor: StateDescriptorInfo): MapStateTable;
  /** `keyGroup` as it came with the record; NO_KEY_GROUP computes it. The key must be one that state/key-hash accepts. */
  setCurrentKey(key: unknown, keyGroup: number): void;
  clearCurrentKey(): void;
  readonly currentKey: unknown;
  readonly currentKeyGroup: number;
  /** Entries over all states and key groups, timers included. */
  readonly entryCount: number;

  /** Before `open`, once for each key group of the range that the checkpoint has: sections in chain order, base first. */
  restoreKeyGroup(keyGroup: number, sections: readonly Uint8Array[], chain: readonly SectionRef[]): void;

  /** Synchronous part. `mode` 'full' writes a base of every key group; 'incremental' lets the backend choose. */
  startSnapshot(checkpointId: CheckpointId, mode: 'full' | 'incremental'): SnapshotCursor;
  /**
   * The cursor's sections are durable: `refs` in the order in which they were handed over. Returns the chains of all key groups
   * as of this checkpoint: what the acknowledgement holds.
   */
  snapshotWritten(checkpointId: CheckpointId, refs: readonly SectionRef[]): readonly KeyGroupChain[];
  checkpointCompleted(checkpointId: CheckpointId): void;
  checkpointAborted(checkpointId: CheckpointId): void;
  /** For the memory watch: the largest states, most first. */
  describeSizes(): readonly { readonly state: string; readonly entries: number }[];
}
