import type { EventTimeMs } from '../../base/event-time.ts';
import type { Pane } from './sliding-event-time-windows.ts';

/** The panes in which some key has records: which window is the next one that has any. Panes without records cost nothing. */
export class LivePanes {
  readonly #slideMs: number;
  /** In order of time. */
  readonly #panes: Pane[] = [];
  readonly #starts = new Set<number>();
  #lastAdded: number = Number.NaN;

  constructor(slideMs: number) {
    this.#slideMs = slideMs;
  }

  add(pane: Pane): void {
    if (pane.startMs === this.#lastAdded) return;
    this.#lastAdded = pane.startMs;
    if (this.#starts.has(pane.startMs)) return;
    this.#starts.add(pane.startMs);
    let at = this.#panes.length;
    while (at > 0 && (this.#panes[at - 1]?.startMs ?? 0) > pane.startMs) at--;
    this.#panes.splice(at, 0, pane);
  }

  /**
   * The start of the first window behind the one that starts at `firedStartMs` (-Infinity: the first of all) in which there are
   * records; undefined for none. Forgets panes whose windows have all fired.
   */
  nextWindowStartMs(firedStartMs: EventTimeMs): EventTimeMs | undefined {
    for (let pane = this.#panes[0]; pane !== undefined; pane = this.#panes[0]) {
      if (pane.lastWindowStartMs > firedStartMs) {
        return Math.max(pane.firstWindowStartMs, firedStartMs + this.#slideMs);
      }
      this.#panes.shift();
      this.#starts.delete(pane.startMs);
      this.#lastAdded = Number.NaN;
    }
    return undefined;
  }
}
