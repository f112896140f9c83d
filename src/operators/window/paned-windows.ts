/**
 * Sliding windows whose contents can be merged. Windows overlap, but the starts and ends of all of them cut time into panes that no
 * window divides: a record is added to its pane alone, and a window that fires merges its panes. So a record costs the same however
 * many windows it is in. (Cutty and Flink's SQL do the same; panes after Li et al., 'No pane, no gain'.)
 *
 * The contents of a pane leave the state when the last window that has it fires. Until then a firing leaves no trace in keyed state,
 * and a barrier may come in the middle of one. So it is operator state which windows have fired: for ranges of key groups the last
 * one, and for a key group in the middle of it the keys that have had their turn. 'union', because key groups move between subtasks.
 *
 * Within a pane records are in the order of arrival; panes are merged in the order of time.
 */
import type { EventTimeMs } from '../../base/event-time.ts';
import type { KeyedStateBackend } from '../../base/keyed-state.ts';
import type { OperatorContext } from '../../base/operator.ts';
import { keyIdOf, keyOfId } from '../../state/canonical-key.ts';
import type { KeyId } from '../../state/canonical-key.ts';
import { ownedId } from '../../state/owned.ts';
import { FiredWindows } from './fired-windows.ts';
import { LivePanes } from './live-panes.ts';
import type { Pane, SlidingEventTimeWindows } from './sliding-event-time-windows.ts';
import { TimeWindow } from './time-window.ts';
import type { MergeableContents } from './window-contents.ts';
import { saturate } from './window-start.ts';
import type { FireWindow, WindowStore } from './window-store.ts';

/** Keys that have no pane in the window that fires are passed over, so many for each one that may fire. */
const KEYS_PER_FIRING = 8;

/** The panes in which a key has contents, by their starts, in order of time. */
interface PanesOfKey {
  readonly id: KeyId;
  readonly key: unknown;
  readonly panes: number[];
}

/** A window between its first key and its last one. */
interface Firing {
  readonly startMs: number;
  readonly window: TimeWindow;
  groupIndex: number;
  /** Over the keys of the key group. */
  keys: Iterator<PanesOfKey> | undefined;
  /** Of the keys that had their turn, those that are still there: the first ones of the key group. */
  keptCount: number;
}

interface Turn {
  readonly firing: Firing;
  readonly key: PanesOfKey;
}

const NO_KEY = { value: undefined };

export interface PanedWindowsOptions {
  readonly context: OperatorContext;
  readonly backend: KeyedStateBackend;
  readonly fire: FireWindow<TimeWindow>;
}

export class PanedWindows<In> implements WindowStore<In> {
  readonly #assigner: SlidingEventTimeWindows;
  readonly #contents: MergeableContents<In>;
  readonly #backend: KeyedStateBackend;
  readonly #fire: FireWindow<TimeWindow>;
  /** By key group, counted from the first one of the subtask. */
  readonly #groups: (Map<KeyId, PanesOfKey> | undefined)[];
  readonly #panes: LivePanes;
  readonly #fired: FiredWindows;
  #firing: Firing | undefined;

  constructor(
    assigner: SlidingEventTimeWindows,
    contents: MergeableContents<In>,
    { context, backend, fire }: PanedWindowsOptions,
  ) {
    this.#assigner = assigner;
    this.#contents = contents;
    this.#backend = backend;
    this.#fire = fire;
    const { start, end } = backend.keyGroups;
    this.#groups = Array.from<undefined>({ length: end - start + 1 });
    this.#panes = new LivePanes(assigner.slideMs);
    this.#fired = new FiredWindows(context.operatorState, backend.keyGroups);
    contents.forEachEntry((namespace) => this.#note(assigner.paneAt(Number(namespace))));
  }

  add(value: In, timestampMs: EventTimeMs, inputIndex: number, watermarkMs: EventTimeMs): boolean {
    const pane = this.#assigner.paneAt(timestampMs);
    if (pane.lastMaxTimestampMs <= watermarkMs) return false;
    if (this.#contents.add(pane.startMs, value, inputIndex)) this.#note(pane);
    return true;
  }

  fire(untilMs: EventTimeMs, limit: number): boolean {
    let fired = 0;
    for (let passed = 0; fired < limit && passed < limit * KEYS_PER_FIRING; passed++) {
      const turn = this.#nextTurn(untilMs);
      if (turn === undefined) {
        this.#fired.completed(this.#assigner.lastWindowStartAt(untilMs));
        return true;
      }
      if (this.#fireInTurn(turn.firing, turn.key)) fired++;
    }
    return false;
  }

  snapshot(): void {
    const firing = this.#firing;
    if (firing?.keys === undefined) return this.#fired.snapshot(undefined);
    const keys = this.#groups[firing.groupIndex]?.keys() ?? [];
    return this.#fired.snapshot({ ...firing, keys: first(keys, firing.keptCount) });
  }

  /** The current key has contents in a pane where it had none. */
  #note(pane: Pane): void {
    const { currentKey, currentKeyGroup, keyGroups } = this.#backend;
    const group = (this.#groups[currentKeyGroup - keyGroups.start] ??= new Map());
    const id = keyIdOf(currentKey);
    const found = group.get(id);
    if (found === undefined) {
      const own = ownedId(id);
      group.set(own, { id: own, key: keyOfId(own), panes: [pane.startMs] });
    } else {
      insertInOrder(found.panes, pane.startMs);
    }
    this.#panes.add(pane);
  }

  #nextDue(untilMs: EventTimeMs): Firing | undefined {
    const startMs = this.#panes.nextWindowStartMs(this.#fired.completedStartMs);
    if (startMs === undefined) return undefined;
    const window = new TimeWindow(saturate(startMs), saturate(startMs + this.#assigner.sizeMs));
    if (window.maxTimestampMs > untilMs) return undefined;
    return { startMs, window, groupIndex: -1, keys: undefined, keptCount: 0 };
  }

  /** The next key of the window that fires; undefined when no window is due any more. */
  #nextTurn(untilMs: EventTimeMs): Turn | undefined {
    for (;;) {
      const firing = (this.#firing ??= this.#nextDue(untilMs));
      if (firing === undefined) return undefined;
      const { value: key } = firing.keys?.next() ?? NO_KEY;
      if (key !== undefined) return { firing, key };
      if (!this.#enterNextGroup(firing)) {
        this.#fired.completed(firing.startMs);
        this.#firing = undefined;
      }
    }
  }

  /** False when all key groups have had their turn. */
  #enterNextGroup(firing: Firing): boolean {
    const { startMs } = firing;
    if (firing.keys !== undefined) this.#fired.groupCompleted(firing.groupIndex, startMs);
    firing.keptCount = 0;
    for (let next = firing.groupIndex + 1; next < this.#groups.length; next++) {
      const group = this.#groups[next];
      if (group === undefined || !this.#fired.isDue(next, startMs)) continue;
      firing.groupIndex = next;
      firing.keys = group.values();
      return true;
    }
    firing.keys = undefined;
    return false;
  }

  /** True when the window fires for the key. */
  #fireInTurn(firing: Firing, panesOfKey: PanesOfKey): boolean {
    const { groupIndex, startMs } = firing;
    const hadItsTurn = this.#fired.hadItsTurn(groupIndex, startMs, panesOfKey.id);
    const isFired = !hadItsTurn && this.#fireKey(firing, panesOfKey);
    if (panesOfKey.panes.length === 0) this.#groups[groupIndex]?.delete(panesOfKey.id);
    else firing.keptCount++;
    return isFired;
  }

  #fireKey({ startMs, window, groupIndex }: Firing, { key, panes }: PanesOfKey): boolean {
    const endMs = startMs + this.#assigner.sizeMs;
    if ((panes[0] ?? endMs) >= endMs) return false;
    this.#backend.setCurrentKey(key, this.#backend.keyGroups.start + groupIndex);
    const nextStartMs = startMs + this.#assigner.slideMs;
    let merged: unknown = undefined;
    let endedCount = 0;
    for (const paneStartMs of panes) {
      if (paneStartMs >= endMs) break;
      const isEnding = paneStartMs < nextStartMs;
      if (isEnding) endedCount++;
      const contents = isEnding ? this.#contents.takeContents(paneStartMs) : this.#contents.copyContents(paneStartMs);
      merged = merged === undefined ? contents : this.#contents.merge(merged, contents);
    }
    if (endedCount > 0) panes.splice(0, endedCount);
    this.#fire(window, this.#assigner.toNamespace(window), this.#contents.results(merged));
    return true;
  }
}

/** Panes are mostly added at the end. */
function insertInOrder(panes: number[], paneStartMs: number): void {
  let at = panes.length;
  while (at > 0 && (panes[at - 1] ?? 0) > paneStartMs) at--;
  if (at === panes.length) panes.push(paneStartMs);
  else panes.splice(at, 0, paneStartMs);
}

function first<T>(values: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  for (const value of values) {
    if (taken.length === count) break;
    taken.push(value);
  }
  return taken;
}
