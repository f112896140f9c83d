import { MillraceError } from '../base/errors.ts';
import type { KeyId } from './canonical-key.ts';

/** The key whose state is being used; shared by all tables and timers of one backend. */
export class KeyContext {
  key: unknown = undefined;
  id: KeyId = 0;
  /** Index of the key group within the backend's range; -1 while no key is current. */
  groupIndex: number = -1;
  /** Grows with each change of the key, so that tables can keep what they found last. */
  sequence: number = 0;

  /** Called for each record: the caller has checked that the key group is within the range. */
  set(key: unknown, id: KeyId, groupIndex: number): void {
    this.key = key;
    this.id = id;
    this.groupIndex = groupIndex;
    this.sequence++;
  }

  clear(): void {
    this.key = undefined;
    this.groupIndex = -1;
    this.sequence++;
  }

  /** Throws STATE_ACCESS_OUTSIDE_CALL while no key is current. */
  require(what: string): void {
    if (this.groupIndex >= 0) return;
    throw new MillraceError('STATE_ACCESS_OUTSIDE_CALL', `Using ${what} failed: no key is current`);
  }
}
