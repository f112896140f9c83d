/**
 * Windows that merge: the sessions of a key. A record's own window joins those of its key that it intersects or touches, and all of
 * them become one.
 *
 * The sessions of a key are numbered 0, 1, 2, ..., in any order and without gaps: the number is the namespace of a session's bounds
 * and of its contents. So a record finds the one session that most keys have without a search. (Flink keeps a merged window's contents
 * under the window that they began with.)
 *
 * A session waits for its end, and its end moves with nearly every record. So it waits for the end that it had when it was made;
 * when that moment comes and the session goes on, it waits for the end that it has then. A session that was merged into another one
 * is not there when its moment comes. `armedMs` tells for which moment a session waits: within its own bounds, so no two sessions of
 * a key wait for the same one.
 */
import { assert, must } from '../../base/assert.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { KeyedStateBackend, StateTable } from '../../base/keyed-state.ts';
import type { StateDescriptorInfo } from '../../base/operator.ts';
import type { MergingWindowAssigner } from './merging-window-assigner.ts';
import { TimeWindow } from './time-window.ts';
import { WaitingKeys } from './waiting-keys.ts';
import type { WindowContents } from './window-contents.ts';
import type { FireWindow, WindowStore } from './window-store.ts';

export const SESSIONS: StateDescriptorInfo = { name: 'window-sessions', kind: 'value' };

/** In checkpoints. */
interface Session {
  startMs: EventTimeMs;
  /** Exclusive. */
  endMs: EventTimeMs;
  armedMs: EventTimeMs;
  /** How many more sessions the key has; only in session 0. */
  others: number;
}

export class MergingWindows<In> implements WindowStore<In> {
  readonly #assigner: MergingWindowAssigner<In>;
  readonly #contents: WindowContents<In>;
  readonly #sessions: StateTable;
  readonly #fire: FireWindow<TimeWindow>;
  readonly #waiting: WaitingKeys;

  constructor(
    assigner: MergingWindowAssigner<In>,
    contents: WindowContents<In>,
    { backend, fire }: { readonly backend: KeyedStateBackend; readonly fire: FireWindow<TimeWindow> },
  ) {
    this.#assigner = assigner;
    this.#contents = contents;
    this.#sessions = backend.table(SESSIONS);
    this.#fire = fire;
    const waiting = new WaitingKeys(backend);
    this.#sessions.forEachEntry((number) => {
      const { armedMs } = this.#sessions.peek(number) as Session; // only this object writes the table
      waiting.addCurrent(armedMs, armedMs);
    });
    this.#waiting = waiting;
  }

  add(value: In, timestampMs: EventTimeMs, inputIndex: number, watermarkMs: EventTimeMs): boolean {
    const endMs = this.#assigner.ownWindowEndMs(value, timestampMs);
    const first = this.#find(0);
    if (first !== undefined && first.others === 0 && timestampMs <= first.endMs && endMs >= first.startMs) {
      if (timestampMs < first.startMs || endMs > first.endMs) {
        first.startMs = Math.min(first.startMs, timestampMs);
        first.endMs = Math.max(first.endMs, endMs);
        this.#sessions.put(0, first);
      }
      this.#contents.add(0, value, inputIndex);
      return true;
    }
    const number = this.#merged(first, timestampMs, endMs) ?? this.#made(first, { timestampMs, endMs, watermarkMs });
    if (number === undefined) return false;
    this.#contents.add(number, value, inputIndex);
    return true;
  }

  fire(untilMs: EventTimeMs, limit: number): boolean {
    for (let fired = 0; fired < limit; fired++) {
      const due = this.#waiting.takeDue(untilMs);
      if (due === undefined) return true;
      this.#momentHasCome(due.timestampMs);
    }
    return !this.#waiting.hasDue(untilMs);
  }

  snapshot(): void {
    // Nothing: what has fired is not in the state any more.
  }

  #momentHasCome(momentMs: EventTimeMs): void {
    const number = this.#numbers().find((candidate) => this.#session(candidate).armedMs === momentMs);
    // It was merged into another one.
    if (number === undefined) return;
    const session = this.#session(number);
    if (session.endMs - 1 > momentMs) {
      this.#arm(session);
      this.#sessions.put(number, session);
      return;
    }
    const window = new TimeWindow(session.startMs, session.endMs);
    const results = must(this.#contents.take(number), 'contents of a session');
    this.#remove(number);
    this.#fire(window, this.#assigner.toNamespace(window), results);
  }

  /** The number of the session that all those become which the window [timestampMs, endMs) meets. Undefined when it meets none. */
  #merged(first: Session | undefined, timestampMs: EventTimeMs, endMs: EventTimeMs): number | undefined {
    if (first === undefined) return undefined;
    const met = this.#numbers()
      .map((number) => ({ number, session: this.#session(number) }))
      .filter(({ session }) => timestampMs <= session.endMs && endMs >= session.startMs)
      .sort((a, b) => a.session.startMs - b.session.startMs);
    const [into, ...others] = met;
    if (into === undefined) return undefined;
    const { session } = into;
    session.startMs = Math.min(session.startMs, timestampMs);
    session.endMs = Math.max(session.endMs, endMs, ...others.map((other) => other.session.endMs));
    session.armedMs = Math.min(...met.map((each) => each.session.armedMs));
    this.#sessions.put(into.number, session);
    for (const { number } of others) this.#contents.move(number, into.number);
    // From the highest number on: the one that moves into the gap is none of those that are still to go.
    let number = into.number;
    for (const gone of others.map((other) => other.number).sort((a, b) => b - a)) {
      const moved = this.#remove(gone);
      if (moved === number) number = gone;
    }
    return number;
  }

  /** A new session, unless it would be late. */
  #made(
    first: Session | undefined,
    { timestampMs, endMs, watermarkMs }: { timestampMs: EventTimeMs; endMs: EventTimeMs; watermarkMs: EventTimeMs },
  ): number | undefined {
    if (endMs - 1 <= watermarkMs) return undefined;
    const session: Session = { startMs: timestampMs, endMs, armedMs: 0, others: 0 };
    this.#arm(session);
    const number = first === undefined ? 0 : ++first.others;
    if (first !== undefined) this.#sessions.put(0, first);
    this.#sessions.put(number, session);
    return number;
  }

  #arm(session: Session): void {
    session.armedMs = session.endMs - 1;
    this.#waiting.addCurrent(session.armedMs, session.armedMs);
  }

  /** Takes the session out, whose contents are gone; the last one gets its number. Returns the number that the last one had. */
  #remove(number: number): number {
    const { others: last } = this.#session(0);
    if (number !== last) {
      const moved = this.#session(last);
      this.#contents.move(last, number);
      this.#sessions.put(number, number === 0 ? { ...moved, others: last } : moved);
    }
    this.#sessions.remove(last);
    if (last > 0) this.#sessions.put(0, { ...this.#session(0), others: last - 1 });
    return last;
  }

  #numbers(): number[] {
    const first = this.#find(0);
    return first === undefined ? [] : Array.from({ length: first.others + 1 }, (_, number) => number);
  }

  #session(number: number): Session {
    const session = this.#find(number);
    assert(session !== undefined, () => `There is no session ${number}`);
    return session;
  }

  #find(number: number): Session | undefined {
    return this.#sessions.get(number) as Session | undefined; // only this object writes the table
  }
}
