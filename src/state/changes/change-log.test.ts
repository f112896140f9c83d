import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../base/ids.ts';
import { ChangeLog } from './change-log.ts';
import type { GroupChanges } from './change-log.ts';
import { TrackedEntry } from './tracked-entry.ts';

class NamedEntry extends TrackedEntry {
  override get groupIndex(): number {
    return 0;
  }

  override write(): void {
    throw new Error('Not written here');
  }
}

const entries = new Map<string, NamedEntry>();

function entry(name: string): NamedEntry {
  const found = entries.get(name) ?? new NamedEntry(name, 1, 0);
  entries.set(name, found);
  return found;
}

function namesOf(changes: GroupChanges): unknown {
  return changes === 'everything' ? changes : changes.flat().map(({ id }) => id);
}

/** A log whose only key group has a chain. */
function trackingLog(): ChangeLog {
  const log = new ChangeLog(1, true);
  log.continueChain(0);
  return log;
}

const none = (): number => 0;

describe('ChangeLog', () => {
  it('has everything until there is a chain', () => {
    const log = new ChangeLog(2, true);
    log.continueChain(1);
    log.add(0, entry('a'));
    log.close(checkpointId(1));
    expect(namesOf(log.closedChanges(0))).toBe('everything');
    expect(namesOf(log.closedChanges(1))).toEqual([]);
  });

  it('lists the changes since the last completed checkpoint', () => {
    const log = trackingLog();
    log.add(0, entry('a'));
    log.close(checkpointId(1));
    log.add(0, entry('b'));
    log.close(checkpointId(2));
    expect(namesOf(log.closedChanges(0))).toEqual(['a', 'b']);
    log.completed(checkpointId(1));
    expect(namesOf(log.closedChanges(0))).toEqual(['b']);
    log.add(0, entry('c'));
    log.close(checkpointId(3));
    expect(namesOf(log.closedChanges(0))).toEqual(['b', 'c']);
  });

  it('drops earlier checkpoints with a later one that is completed', () => {
    const log = trackingLog();
    for (const id of [1, 2, 3]) {
      log.add(0, entry(`${id}`));
      log.close(checkpointId(id));
    }
    log.completed(checkpointId(2));
    expect(namesOf(log.closedChanges(0))).toEqual(['3']);
  });

  it('leaves the changes of an aborted checkpoint to the next one', () => {
    const log = trackingLog();
    log.add(0, entry('a'));
    log.close(checkpointId(1));
    log.add(0, entry('b'));
    log.close(checkpointId(2));
    log.aborted(checkpointId(1), none);
    log.completed(checkpointId(2));
    log.close(checkpointId(3));
    expect(namesOf(log.closedChanges(0))).toEqual([]);
  });

  it('leaves the changes of an aborted last checkpoint to the one that is to come', () => {
    const log = trackingLog();
    log.add(0, entry('a'));
    log.close(checkpointId(1));
    log.add(0, entry('b'));
    log.aborted(checkpointId(1), none);
    log.aborted(checkpointId(1), none);
    log.close(checkpointId(2));
    expect(namesOf(log.closedChanges(0))).toEqual(['a', 'b']);
  });

  it('stays bounded however many checkpoints are aborted', () => {
    const log = trackingLog();
    const many = Array.from({ length: 800 }, (_, index) => entry(`hot-${index}`));
    for (let id = 1; id <= 50; id++) {
      for (const hot of many) log.add(0, hot);
      log.close(checkpointId(id));
      log.aborted(checkpointId(id), none);
    }
    log.close(checkpointId(51));
    const changes = log.closedChanges(0);
    expect(changes === 'everything' ? Number.NaN : changes.flat().length).toBeLessThanOrEqual(1024 + 800);
    expect(namesOf(changes)).toEqual(expect.arrayContaining(many.map(({ id }) => id)));
  });

  it('gives a list up that outgrows its key group', () => {
    const log = trackingLog();
    for (let id = 1; id <= 3; id++) {
      for (let index = 0; index < 600; index++) log.add(0, entry(`${id}-${index}`));
      log.close(checkpointId(id));
      log.aborted(checkpointId(id), () => 10);
    }
    log.add(0, entry('after'));
    log.close(checkpointId(4));
    expect(log.closedChanges(0)).toBe('everything');
    log.completed(checkpointId(4));
    log.add(0, entry('next'));
    log.close(checkpointId(5));
    expect(namesOf(log.closedChanges(0))).toEqual(['next']);
  });

  it('forgets entries that came and went within one interval', () => {
    const log = trackingLog();
    for (const name of ['a', 'b', 'c']) log.add(0, entry(name));
    log.forget(0, entry('a'));
    log.forget(0, entry('b'));
    log.close(checkpointId(1));
    expect(namesOf(log.closedChanges(0))).toEqual(['c']);
    // Its interval is closed.
    log.forget(0, entry('c'));
    expect(namesOf(log.closedChanges(0))).toEqual(['c']);
  });

  it('records nothing without tracking', () => {
    const log = new ChangeLog(1, false);
    log.continueChain(0);
    log.close(checkpointId(1));
    log.completed(checkpointId(1));
    log.add(0, entry('a'));
    log.close(checkpointId(2));
    expect(log.closedChanges(0)).toBe('everything');
  });

  it('refuses checkpoints that go backwards', () => {
    const log = trackingLog();
    log.close(checkpointId(2));
    expect(() => log.close(checkpointId(1))).toThrow(/Checkpoint 1 starts after checkpoint 2/);
  });
});
