/**
 * Finds slots whose thread is stuck inside one call of user code. Pure: told what it sees and when, it answers what to do.
 * 5 s without a sign of life are worth a warning that names the operator; after task.stuck.timeout the thread is ended.
 *
 * Only time in which the watcher itself looked counts: while the whole process was stopped, no thread could show life either.
 */
export interface SlotPulse {
  readonly count: number;
  /** Name of the operator chain that is being stepped; undefined outside of steps. */
  readonly operatorName: string | undefined;
}

export type HealthVerdict =
  | { readonly kind: 'alive' }
  | { readonly kind: 'warn'; readonly operatorName: string | undefined; readonly silentMs: number }
  | { readonly kind: 'stuck'; readonly operatorName: string | undefined; readonly silentMs: number };

export interface HealthWatchOptions {
  readonly warnAfterMs: number;
  readonly stuckAfterMs: number;
  /** Between two looks. What lies further apart counts as this much. */
  readonly lookEveryMs: number;
}

interface SlotHealth {
  count: number;
  lastLookMs: number;
  silentMs: number;
  hasWarned: boolean;
}

/** A timer may be late without the process having been stopped. */
const MISSED_LOOKS_MAX = 4;

const ALIVE: HealthVerdict = { kind: 'alive' };

export class HealthWatch {
  readonly #options: HealthWatchOptions;
  readonly #slots = new Map<number, SlotHealth>();

  constructor(options: HealthWatchOptions) {
    this.#options = options;
  }

  /** Each silence is warned of once. */
  look(slotIndex: number, pulse: SlotPulse, nowMs: number): HealthVerdict {
    const known = this.#slots.get(slotIndex);
    if (known === undefined || known.count !== pulse.count) {
      this.#slots.set(slotIndex, { count: pulse.count, lastLookMs: nowMs, silentMs: 0, hasWarned: false });
      return ALIVE;
    }
    known.silentMs += Math.min(nowMs - known.lastLookMs, MISSED_LOOKS_MAX * this.#options.lookEveryMs);
    known.lastLookMs = nowMs;
    const { silentMs } = known;
    if (silentMs >= this.#options.stuckAfterMs) return { kind: 'stuck', operatorName: pulse.operatorName, silentMs };
    if (silentMs < this.#options.warnAfterMs || known.hasWarned) return ALIVE;
    known.hasWarned = true;
    return { kind: 'warn', operatorName: pulse.operatorName, silentMs };
  }

  forget(slotIndex: number): void {
    this.#slots.delete(slotIndex);
  }
}
