/**
 * Where the windows of an operator are while they wait for the watermark. Three layouts: separate-windows.ts keeps each window by
 * itself, paned-windows.ts shares what overlapping windows have in common, merging-windows.ts has windows that become one.
 *
 * What a window holds is keyed state. Which windows there are, and when they are due, is kept beside it and made anew from the state
 * when the store is constructed: a window has contents exactly while it waits, so nothing has to be stored for it, and a window
 * costs no timer.
 */
import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace } from '../../base/keyed-state.ts';

export interface WindowStore<In> {
  /**
   * Adds a record of the current key to its windows that the watermark has not passed; false when there is none. `inputIndex`:
   * where it came from, 0 or 1.
   */
  add(value: In, timestampMs: EventTimeMs, inputIndex: number, watermarkMs: EventTimeMs): boolean;
  /** Takes out at most `limit` windows of keys that are due, in order of their ends, and hands them over. True when none is left. */
  fire(untilMs: EventTimeMs, limit: number): boolean;
  /** Puts operator state in order. */
  snapshot(): void;
}

/**
 * A window of the current key fires: `results` are what the window function sees. The namespace is that of the window's own state.
 */
export type FireWindow<W> = (window: W, namespace: Namespace, results: readonly unknown[]) => void;
