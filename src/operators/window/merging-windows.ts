/**
 * Windows that merge: the sessions of a key. A record's own window joins those of its key that it intersects or touches, and all of
 * them become one.
 *
 * The sessions of a key are numbered 0, 1, 2, ... without gaps: the number is the namespace of a session's bounds and of its contents.
 * A new session that is the latest gets the number 0, and session 0 knows when the others end: so most records find their session at
 * once, and know that there is no other one to merge it with. (Flink keeps a merged window's contents under the window that they
 * began with.)
 *
 * A session waits for its end, and its end moves with nearly every record. So it waits for the end that it had when it was made;
 * when that moment comes and the session goes on, it waits for the end that it has then. A session that was merged into another one
 * is not there when its moment comes. `armedMs` tells for which moment a session waits: within its own bounds, so no two sessions of
 * a key wait for the same one.
 */
import { assert, must } from '../../base/assert.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import { VOID_NAMESPACE } from '../../base/keyed-state.ts';
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
  /** In session 0: how many more the key has. */
  others: number;
  /** In session 0: none of the others ends later; -Infinity for none. */
  othersEndMs: EventTimeMs;
}

/** The window of one record. */
interface OwnWindow {
  readonly startMs: EventTimeMs;
  readonly endMs: EventTimeMs;
}

const NEVER = Number.NEGATIVE_INFINITY;

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
    if (first !== undefined && timestampMs > first.othersEndMs && meets(first, timestampMs, endMs)) {
      this.#extend(0, first, timestampMs, endMs);
      this.#contents.add(0, value, inputIndex);
      return true;
    }
    const own = { startMs: timestampMs, endMs };
    const number = this.#joined(first, own) ?? this.#made(first, own, watermarkMs);
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
    const others = this.#find(0)?.others ?? -1;
    for (let number = 0; number <= others; number++) {
      const session = this.#session(number);
      if (session.armedMs !== momentMs) continue;
      if (session.endMs - 1 > momentMs) this.#armAgain(number, session);
      else this.#fireSession(number, session);
      return;
    }
    // It was merged into another one.
  }

  #armAgain(number: number, session: Session): void {
    this.#arm(session);
    this.#sessions.put(number, session);
  }

  #fireSession(number: number, { startMs, endMs }: Session): void {
    const window = new TimeWindow(startMs, endMs);
    const results = must(this.#contents.take(number), 'contents of a session');
    this.#remove(number);
    // Windows that merge have no state of their own.
    this.#fire(window, VOID_NAMESPACE, results);
  }

  /** The number of the session that the window joins, and which joins all that it meets. Undefined when it meets none. */
  #joined(first: Session | undefined, own: OwnWindow): number | undefined {
    const others = first?.others ?? -1;
    const met: number[] = [];
    for (let number = 0; number <= others; number++) {
      if (meets(this.#session(number), own.startMs, own.endMs)) met.push(number);
    }
    const [number, another] = met;
    if (number === undefined) return undefined;
    if (another !== undefined) return this.#merged(met, own);
    this.#extend(number, this.#session(number), own.startMs, own.endMs);
    if (number > 0) this.#countOthers(others);
    return number;
  }

  /** Several sessions become one. */
  #merged(numbers: readonly number[], own: OwnWindow): number {
    const met = numbers
      .map((number) => ({ number, session: this.#session(number) }))
      .sort((a, b) => a.session.startMs - b.session.startMs);
    const [into, ...others] = met;
    assert(into !== undefined, 'No session is merged');
    const { session } = into;
    session.armedMs = Math.min(...met.map((each) => each.session.armedMs));
    session.startMs = Math.min(session.startMs, own.startMs);
    session.endMs = Math.max(own.endMs, ...met.map((each) => each.session.endMs));
    this.#sessions.put(into.number, session);
    for (const { number } of others) this.#contents.move(number, into.number);
    // From the highest number on: the one that moves into the gap is none of those that are still to go.
    let { number } = into;
    for (const gone of others.map((other) => other.number).sort((a, b) => b - a)) {
      if (this.#remove(gone) === number) number = gone;
    }
    return number;
  }

  /** A new session, unless it would be late. */
  #made(first: Session | undefined, own: OwnWindow, watermarkMs: EventTimeMs): number | undefined {
    if (own.endMs - 1 <= watermarkMs) return undefined;
    const session: Session = { ...own, armedMs: 0, others: 0, othersEndMs: NEVER };
    this.#arm(session);
    if (first === undefined) {
      this.#sessions.put(0, session);
      return 0;
    }
    const last = first.others + 1;
    if (own.endMs < first.endMs) {
      this.#sessions.put(last, session);
      first.others = last;
      first.othersEndMs = Math.max(first.othersEndMs, own.endMs);
      this.#sessions.put(0, first);
      return last;
    }
    session.others = last;
    session.othersEndMs = Math.max(first.othersEndMs, first.endMs);
    this.#contents.move(0, last);
    this.#sessions.put(last, first);
    this.#sessions.put(0, session);
    return 0;
  }

  #extend(number: number, session: Session, startMs: EventTimeMs, endMs: EventTimeMs): void {
    if (startMs >= session.startMs && endMs <= session.endMs) return;
    session.startMs = Math.min(session.startMs, startMs);
    session.endMs = Math.max(session.endMs, endMs);
    this.#sessions.put(number, session);
  }

  #arm(session: Session): void {
    session.armedMs = session.endMs - 1;
    this.#waiting.addCurrent(session.armedMs, session.armedMs);
  }

  /** Takes the session out, whose contents are gone; the last one gets its number. Returns the number that the last one had. */
  #remove(number: number): number {
    const last = this.#session(0).others;
    if (number !== last) {
      this.#contents.move(last, number);
      this.#sessions.put(number, this.#session(last));
    }
    this.#sessions.remove(last);
    if (last > 0) this.#countOthers(last - 1);
    return last;
  }

  /** What session 0 knows of the others. */
  #countOthers(others: number): void {
    let othersEndMs = NEVER;
    for (let number = 1; number <= others; number++) {
      othersEndMs = Math.max(othersEndMs, this.#session(number).endMs);
    }
    this.#sessions.put(0, { ...this.#session(0), others, othersEndMs });
  }

  #session(number: number): Session {
    const session = this.#find(number);
    assert(session !== undefined, 'A number of a key has no session');
    return session;
  }

  #find(number: number): Session | undefined {
    return this.#sessions.get(number) as Session | undefined; // only this object writes the table
  }
}

/** Windows that touch meet. */
function meets(session: Session, startMs: EventTimeMs, endMs: EventTimeMs): boolean {
  return startMs <= session.endMs && endMs >= session.startMs;
}
