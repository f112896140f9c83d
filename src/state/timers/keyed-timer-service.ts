import { MillraceError } from '../../base/errors.ts';
import { isEventTime } from '../../base/event-time.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace, TimeDomain, TimerEntry, TimerService } from '../../base/keyed-state.ts';
import { keyOfId } from '../canonical-key.ts';
import type { KeyContext } from '../key-context.ts';
import type { Timer } from './timer-bucket.ts';
import type { TimerTable } from './timer-table.ts';

/**
 * Timers of both domains with Flink's rules: deduplicated by (key, namespace, time); one registered in the past fires with the
 * next advance; one that is registered by a firing timer and is due fires in the same round, in order of time.
 */
export class KeyedTimerService implements TimerService {
  readonly #context: KeyContext;
  readonly #tables: Readonly<Record<TimeDomain, TimerTable>>;
  readonly #firstKeyGroup: number;

  constructor(context: KeyContext, tables: Readonly<Record<TimeDomain, TimerTable>>, firstKeyGroup: number) {
    this.#context = context;
    this.#tables = tables;
    this.#firstKeyGroup = firstKeyGroup;
  }

  /** Throws TIMESTAMP_INVALID, STATE_ACCESS_OUTSIDE_CALL. */
  register(domain: TimeDomain, namespace: Namespace, timestampMs: EventTimeMs): void {
    this.#context.require('timers');
    this.#tables[domain].register(namespace, checkedTime(timestampMs));
  }

  delete(domain: TimeDomain, namespace: Namespace, timestampMs: EventTimeMs): void {
    this.#context.require('timers');
    this.#tables[domain].delete(namespace, checkedTime(timestampMs));
  }

  fire(domain: TimeDomain, untilMs: EventTimeMs, limit: number, onTimer: (timer: TimerEntry) => void): boolean {
    const table = this.#tables[domain];
    for (let fired = 0; fired < limit; fired++) {
      const timer = table.poll(untilMs);
      if (timer === undefined) break;
      onTimer(this.#current(timer));
    }
    this.#context.clear();
    return !table.hasDue(untilMs);
  }

  next(domain: TimeDomain): EventTimeMs {
    return this.#tables[domain].next();
  }

  #current(timer: Timer): TimerEntry {
    const key = keyOfId(timer.id);
    this.#context.set(key, timer.id, timer.groupIndex);
    const { namespace, bucket } = timer;
    return { key, keyGroup: this.#firstKeyGroup + timer.groupIndex, namespace, timestampMs: bucket.timestampMs };
  }
}

function checkedTime(timestampMs: EventTimeMs): EventTimeMs {
  if (
    isEventTime(timestampMs) ||
    timestampMs === Number.POSITIVE_INFINITY ||
    timestampMs === Number.NEGATIVE_INFINITY
  ) {
    // -0 becomes 0.
    return timestampMs + 0;
  }
  const what = `'${String(timestampMs)}' is not an integer number of milliseconds`;
  throw new MillraceError('TIMESTAMP_INVALID', `Using a timer failed: ${what}`);
}
