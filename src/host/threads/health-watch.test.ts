import { describe, expect, it } from 'vitest';
import { Heartbeat, HEARTBEAT_BYTES, OUTSIDE_OF_STEPS } from './heartbeat.ts';
import { HealthWatch } from './health-watch.ts';

describe('HealthWatch', () => {
  const options = { warnAfterMs: 5_000, stuckAfterMs: 60_000, lookEveryMs: 60_000 };

  it('warns once of a silence and then calls the slot stuck, with the operator', () => {
    const watch = new HealthWatch(options);
    const pulse = { count: 7, operatorName: 'map' };
    expect(watch.look(0, pulse, 0)).toEqual({ kind: 'alive' });
    expect(watch.look(0, pulse, 4_999)).toEqual({ kind: 'alive' });
    expect(watch.look(0, pulse, 5_000)).toEqual({ kind: 'warn', operatorName: 'map', silentMs: 5_000 });
    expect(watch.look(0, pulse, 6_000)).toEqual({ kind: 'alive' });
    expect(watch.look(0, pulse, 60_000)).toEqual({ kind: 'stuck', operatorName: 'map', silentMs: 60_000 });
  });

  it('starts anew with each sign of life, slot by slot', () => {
    const watch = new HealthWatch(options);
    watch.look(0, { count: 1, operatorName: undefined }, 0);
    watch.look(1, { count: 1, operatorName: undefined }, 0);
    expect(watch.look(0, { count: 2, operatorName: undefined }, 59_000)).toEqual({ kind: 'alive' });
    expect(watch.look(0, { count: 2, operatorName: undefined }, 60_000)).toEqual({ kind: 'alive' });
    expect(watch.look(1, { count: 1, operatorName: undefined }, 60_000).kind).toBe('stuck');
  });

  it('does not count time in which nobody looked: the whole process was stopped', () => {
    const watch = new HealthWatch({ ...options, lookEveryMs: 500 });
    const pulse = { count: 7, operatorName: 'map' };
    watch.look(0, pulse, 0);
    expect(watch.look(0, pulse, 500)).toEqual({ kind: 'alive' });
    expect(watch.look(0, pulse, 3_600_000)).toEqual({ kind: 'alive' });
    let nowMs = 3_600_000;
    let verdict = watch.look(0, pulse, nowMs);
    while (verdict.kind !== 'stuck') verdict = watch.look(0, pulse, (nowMs += 500));
    // 500 before the pause, of which four looks count, and the rest after it.
    expect(nowMs - 3_600_000).toBe(60_000 - 500 - 4 * 500);
  });

  it('forgets a slot whose thread was replaced', () => {
    const watch = new HealthWatch(options);
    watch.look(0, { count: 1, operatorName: undefined }, 0);
    watch.forget(0);
    expect(watch.look(0, { count: 1, operatorName: undefined }, 70_000)).toEqual({ kind: 'alive' });
  });
});

describe('Heartbeat', () => {
  it('shows the other side which subtask runs and whether anything moves', () => {
    const memory = new SharedArrayBuffer(HEARTBEAT_BYTES);
    const thread = new Heartbeat(memory);
    const watcher = new Heartbeat(memory);
    thread.leaveSubtasks();
    expect(watcher.read()).toEqual({ count: 0, subtaskIndex: OUTSIDE_OF_STEPS });
    thread.beat();
    thread.enterSubtask(3);
    expect(watcher.read()).toEqual({ count: 1, subtaskIndex: 3 });
  });
});
