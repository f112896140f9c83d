import { describe, expect, it } from 'vitest';
import { checkpointId, operatorId, subtaskKey } from '../../base/ids.ts';
import type { SubtaskStatus } from '../../base/control-plane.ts';
import { initialCoordinatorState, nextTimerAtMs, REQUESTS_MAX, SUSPEND_TIMEOUT_MS } from './coordinator-state.ts';
import type {
  CoordinatorCommand,
  CoordinatorEvent,
  CoordinatorSettings,
  CoordinatorState,
  SubtaskView,
} from './coordinator-state.ts';
import { transition } from './coordinator-transition.ts';

const SOURCE = { vertexId: operatorId('1'.repeat(32)), subtaskIndex: 0 };
const SINK = { vertexId: operatorId('2'.repeat(32)), subtaskIndex: 0 };

const SETTINGS: CoordinatorSettings = {
  intervalMs: 1000,
  minPauseMs: 0,
  timeoutMs: 10_000,
  maxConcurrent: 1,
  tolerableFailures: 0,
};

class Machine {
  state: CoordinatorState;
  nowMs = 0;
  commands: CoordinatorCommand[] = [];

  constructor(settings: Partial<CoordinatorSettings> = {}, views: Partial<SubtaskView> = {}) {
    this.state = initialCoordinatorState({ ...SETTINGS, ...settings }, checkpointId(1));
    this.restart(views);
  }

  restart(views: Partial<SubtaskView> = {}): void {
    const subtasks: SubtaskView[] = [
      { address: SOURCE, isSource: true, status: 'running', ...views },
      { address: SINK, isSource: false, status: 'running', ...views },
    ];
    this.apply({ kind: 'start', subtasks, firstDelayRatio: 0.5 });
  }

  apply(event: CoordinatorEvent): CoordinatorCommand[] {
    const { state, commands } = transition(this.state, event, this.nowMs);
    this.state = state;
    this.commands.push(...commands);
    return [...commands];
  }

  at(nowMs: number): CoordinatorCommand[] {
    this.nowMs = nowMs;
    return this.apply({ kind: 'timer' });
  }

  status(subtask: typeof SOURCE, status: SubtaskStatus): CoordinatorCommand[] {
    return this.apply({ kind: 'subtask-status', subtask: subtaskKey(subtask), status });
  }

  /** The storage answers a trigger phase, and the enumerators are in. */
  begin(n: number): CoordinatorCommand[] {
    const token = this.state.trigger?.token ?? 0;
    this.apply({ kind: 'location-made', token, checkpointId: checkpointId(n) });
    return this.apply({ kind: 'enumerators-snapshotted', checkpointId: checkpointId(n) });
  }

  acknowledge(n: number, ...subtasks: (typeof SOURCE)[]): CoordinatorCommand[] {
    return subtasks.flatMap((subtask) =>
      this.apply({
        kind: 'acknowledged',
        checkpointId: checkpointId(n),
        subtask: subtaskKey(subtask),
        isFinished: false,
      }),
    );
  }

  finalized(n: number): CoordinatorCommand[] {
    return this.apply({ kind: 'finalized', checkpointId: checkpointId(n) });
  }

  complete(n: number): CoordinatorCommand[] {
    this.begin(n);
    this.acknowledge(n, SOURCE, SINK);
    return this.finalized(n);
  }
}

const kinds = (commands: readonly CoordinatorCommand[]): string[] => commands.map(({ kind }) => kind);

describe('the life of a checkpoint', () => {
  it('goes from place to enumerators to sources to parts to metadata to everybody', () => {
    const machine = new Machine();
    expect(machine.at(500)).toEqual([{ kind: 'make-location', token: 1, candidate: 1 }]);
    expect(machine.apply({ kind: 'location-made', token: 1, checkpointId: checkpointId(4) })).toEqual([
      { kind: 'snapshot-enumerators', checkpointId: 4 },
    ]);
    expect(machine.apply({ kind: 'enumerators-snapshotted', checkpointId: checkpointId(4) })).toEqual([
      { kind: 'trigger', checkpointId: 4, subtasks: [SOURCE] },
    ]);
    expect(machine.acknowledge(4, SINK)).toEqual([]);
    expect(machine.acknowledge(4, SOURCE)).toEqual([{ kind: 'finalize', checkpointId: 4 }]);
    expect(machine.acknowledge(4, SOURCE)).toEqual([]);
    expect(machine.finalized(4)).toEqual([{ kind: 'complete', checkpointId: 4 }]);
    expect(machine.state.nextCheckpointId).toBe(5);
  });

  it('ends with a decline, and the next one begins', () => {
    const machine = new Machine({ tolerableFailures: 1 });
    machine.at(500);
    machine.begin(1);
    const declined = machine.apply({ kind: 'declined', checkpointId: checkpointId(1), reason: 'async-exception' });
    expect(declined).toEqual([{ kind: 'abort', checkpointId: 1, reason: 'async-exception' }]);
    expect(kinds(machine.at(1500))).toEqual(['make-location']);
  });

  it('ends when it takes too long, wherever it is', () => {
    const machine = new Machine({ timeoutMs: 100, tolerableFailures: 5, intervalMs: 10_000 });
    machine.at(5000);
    machine.at(5100);
    expect(machine.state.trigger).toBeUndefined();
    expect(machine.apply({ kind: 'location-made', token: 1, checkpointId: checkpointId(1) })).toEqual([
      { kind: 'discard-location', checkpointId: 1 },
    ]);
    machine.at(15_000);
    machine.begin(2);
    expect(machine.at(15_100)).toEqual([{ kind: 'abort', checkpointId: 2, reason: 'expired' }]);
    expect(machine.state.failures.count).toBe(2);
  });

  it('is left alone once it is being finalized', () => {
    const machine = new Machine({ timeoutMs: 100, intervalMs: 10_000 });
    machine.at(5000);
    machine.begin(1);
    machine.acknowledge(1, SOURCE, SINK);
    expect(machine.at(5200)).toEqual([]);
    expect(machine.apply({ kind: 'declined', checkpointId: checkpointId(1), reason: 'task-closing' })).toEqual([]);
    expect(machine.apply({ kind: 'stop', reason: 'failover' })).toEqual([]);
    expect(machine.finalized(1)).toEqual([{ kind: 'complete', checkpointId: 1 }]);
  });

  it('is subsumed by a newer one', () => {
    const machine = new Machine({ maxConcurrent: 2 });
    machine.at(500);
    machine.begin(1);
    machine.at(1500);
    machine.begin(2);
    machine.acknowledge(2, SOURCE, SINK);
    machine.acknowledge(1, SOURCE, SINK);
    expect(machine.finalized(2)).toEqual([
      { kind: 'abort', checkpointId: 1, reason: 'subsumed' },
      { kind: 'complete', checkpointId: 2 },
    ]);
    expect(machine.state.failures.count).toBe(0);
  });

  it('is told to nobody, and nothing is deleted, when the job is lost', () => {
    const machine = new Machine({ maxConcurrent: 2 });
    machine.at(500);
    machine.begin(1);
    machine.at(1500);
    machine.begin(2);
    machine.acknowledge(1, SOURCE, SINK);
    expect(machine.apply({ kind: 'lost' })).toEqual([]);
    expect(machine.state.pending.size).toBe(0);
    expect(nextTimerAtMs(machine.state)).toBeUndefined();
  });
});

describe('subtasks that reach their end', () => {
  it('are told themselves, because no barrier comes from upstream', () => {
    const machine = new Machine();
    machine.status(SINK, 'end-of-data');
    machine.at(500);
    expect(machine.begin(1)).toEqual([{ kind: 'trigger', checkpointId: 1, subtasks: [SOURCE, SINK] }]);
  });

  it('are told late when they end while the checkpoint is under way', () => {
    const machine = new Machine();
    machine.at(500);
    machine.begin(1);
    machine.acknowledge(1, SOURCE);
    expect(machine.status(SINK, 'end-of-data')).toContainEqual({ kind: 'trigger', checkpointId: 1, subtasks: [SINK] });
  });

  it('owe nothing once they have finished', () => {
    const machine = new Machine();
    machine.at(500);
    machine.begin(1);
    machine.acknowledge(1, SINK);
    machine.status(SOURCE, 'end-of-data');
    expect(machine.status(SOURCE, 'finished')).toEqual([{ kind: 'finalize', checkpointId: 1 }]);
  });

  it('get a final checkpoint at once, when all have ended', () => {
    const machine = new Machine({ minPauseMs: 5000, intervalMs: 6000 });
    machine.status(SOURCE, 'end-of-data');
    expect(kinds(machine.status(SINK, 'end-of-data'))).toEqual(['make-location']);
    machine.begin(1);
    machine.acknowledge(1, SOURCE, SINK);
    expect(kinds(machine.finalized(1))).toEqual(['complete']);
  });

  it('wait with the final checkpoint for room, and do not ask for it twice', () => {
    const machine = new Machine();
    machine.at(500);
    machine.begin(1);
    machine.status(SOURCE, 'end-of-data');
    machine.status(SINK, 'end-of-data');
    machine.acknowledge(1, SOURCE, SINK);
    expect(kinds(machine.finalized(1))).toEqual(['complete', 'make-location']);
    machine.begin(2);
    machine.acknowledge(2, SOURCE, SINK);
    expect(kinds(machine.finalized(2))).toEqual(['complete']);
  });

  it('get no further one when the running one covers their end', () => {
    const machine = new Machine();
    machine.at(500);
    machine.begin(1);
    for (const subtask of [SOURCE, SINK]) {
      machine.status(subtask, 'end-of-data');
      machine.apply({
        kind: 'acknowledged',
        checkpointId: checkpointId(1),
        subtask: subtaskKey(subtask),
        isFinished: true,
      });
    }
    expect(kinds(machine.finalized(1))).toEqual(['complete']);
  });

  it('get no further one while they finish one after the other, nor with the next period', () => {
    const machine = new Machine({}, { status: 'end-of-data' });
    machine.begin(1);
    for (const subtask of [SOURCE, SINK]) {
      machine.apply({
        kind: 'acknowledged',
        checkpointId: checkpointId(1),
        subtask: subtaskKey(subtask),
        isFinished: true,
      });
    }
    expect(kinds(machine.finalized(1))).toEqual(['complete']);
    expect(machine.status(SOURCE, 'finished')).toEqual([]);
    expect(machine.at(5000)).toEqual([]);
    expect(machine.status(SINK, 'finished')).toEqual([]);
  });

  it('get another final checkpoint with the next period when the first one fails', () => {
    const machine = new Machine({ tolerableFailures: 5 });
    machine.status(SOURCE, 'end-of-data');
    machine.status(SINK, 'end-of-data');
    machine.begin(1);
    machine.apply({ kind: 'declined', checkpointId: checkpointId(1), reason: 'async-exception' });
    expect(machine.state.trigger).toBeUndefined();
    expect(kinds(machine.at(500))).toEqual(['make-location']);
  });

  it('take no checkpoint when all have finished', () => {
    const machine = new Machine({}, { status: 'finished' });
    machine.apply({ kind: 'request', requestId: 1 });
    expect(machine.commands).toEqual([
      { kind: 'answer', requestIds: [1], answer: { kind: 'failed', reason: 'task-closing' } },
    ]);
    expect(machine.at(500)).toEqual([]);
  });
});

describe('the schedule', () => {
  it('begins at a random time between pause and interval', () => {
    expect(nextTimerAtMs(new Machine().state)).toBe(500);
    expect(nextTimerAtMs(new Machine({ minPauseMs: 400 }).state)).toBe(700);
    expect(nextTimerAtMs(new Machine({ minPauseMs: 4000 }).state)).toBe(4000);
  });

  it('does not drift, and what was missed counts once', () => {
    const machine = new Machine();
    machine.at(530);
    expect(machine.state.nextPeriodicAtMs).toBe(1500);
    machine.complete(1);
    machine.at(4600);
    expect(machine.state.nextPeriodicAtMs).toBe(5500);
    machine.complete(2);
    expect(machine.state.trigger).toBeUndefined();
  });

  it('goes on right after one that took longer than the interval', () => {
    const machine = new Machine();
    machine.at(500);
    machine.begin(1);
    machine.at(1500);
    machine.acknowledge(1, SOURCE, SINK);
    expect(kinds(machine.finalized(1))).toEqual(['complete', 'make-location']);
  });

  it('keeps the pause after the last completed one', () => {
    const machine = new Machine({ minPauseMs: 800 });
    machine.at(900);
    machine.begin(1);
    machine.acknowledge(1, SOURCE, SINK);
    machine.nowMs = 1500;
    machine.finalized(1);
    expect(machine.at(1900)).toEqual([]);
    expect(nextTimerAtMs(machine.state)).toBe(2300);
    expect(kinds(machine.at(2300))).toEqual(['make-location']);
  });

  it('is not there without an interval', () => {
    expect(nextTimerAtMs(new Machine({ intervalMs: undefined }).state)).toBeUndefined();
  });

  it('waits for subtasks that are not running yet', () => {
    const machine = new Machine({}, { status: 'created' });
    expect(machine.at(500)).toEqual([]);
    machine.status(SOURCE, 'running');
    machine.status(SINK, 'running');
    expect(kinds(machine.at(1500))).toEqual(['make-location']);
  });
});

describe('requests', () => {
  it('do not wait for the pause, and one checkpoint answers all that were waiting', () => {
    const machine = new Machine({ minPauseMs: 900 });
    machine.apply({ kind: 'request', requestId: 1 });
    machine.apply({ kind: 'request', requestId: 2 });
    machine.begin(1);
    machine.acknowledge(1, SOURCE, SINK);
    const answers = machine
      .finalized(1)
      .concat(machine.complete(2))
      .filter(({ kind }) => kind === 'answer');
    expect(answers).toEqual([
      { kind: 'answer', requestIds: [1], answer: { kind: 'completed', checkpointId: 1 } },
      { kind: 'answer', requestIds: [2], answer: { kind: 'completed', checkpointId: 2 } },
    ]);
  });

  it('are bounded', () => {
    const machine = new Machine();
    for (let requestId = 0; requestId <= REQUESTS_MAX; requestId++) machine.apply({ kind: 'request', requestId });
    expect(machine.apply({ kind: 'request', requestId: 9999 })).toEqual([
      { kind: 'answer', requestIds: [9999], answer: { kind: 'failed', reason: 'too-many-requests' } },
    ]);
  });
});

describe('failures', () => {
  it('fail the job when they are more than tolerated', () => {
    const machine = new Machine({ tolerableFailures: 1 });
    for (const n of [1, 2]) {
      machine.apply({ kind: 'request', requestId: n });
      machine.begin(n);
      machine.apply({ kind: 'declined', checkpointId: checkpointId(n), reason: 'io-exception' });
    }
    expect(machine.commands.filter(({ kind }) => kind === 'fail-job')).toEqual([
      { kind: 'fail-job', reason: 'io-exception', checkpointId: 2 },
    ]);
  });

  it('count when there is no place or no metadata, not when enumerators or tasks give up', () => {
    const machine = new Machine({ tolerableFailures: 9 });
    machine.apply({ kind: 'request', requestId: 1 });
    machine.apply({ kind: 'location-failed', token: 1 });
    expect(machine.state.failures.count).toBe(1);
    machine.apply({ kind: 'request', requestId: 2 });
    machine.begin(2);
    machine.acknowledge(2, SOURCE, SINK);
    expect(machine.apply({ kind: 'finalize-failed', checkpointId: checkpointId(2) })).toContainEqual({
      kind: 'abort',
      checkpointId: 2,
      reason: 'finalize-failure',
    });
    expect(machine.state.failures.count).toBe(2);
    machine.apply({ kind: 'request', requestId: 3 });
    machine.apply({ kind: 'location-made', token: 3, checkpointId: checkpointId(3) });
    machine.apply({ kind: 'enumerators-failed', checkpointId: checkpointId(3) });
    expect(machine.state.failures.count).toBe(2);
  });
});

describe('stopping', () => {
  it('gives up what is under way and begins nothing', () => {
    const machine = new Machine();
    machine.at(500);
    machine.begin(1);
    expect(machine.apply({ kind: 'stop', reason: 'failover' })).toEqual([
      { kind: 'abort', checkpointId: 1, reason: 'failover' },
    ]);
    expect(machine.at(5000)).toEqual([]);
    machine.restart();
    expect(kinds(machine.at(5500))).toEqual(['make-location']);
  });

  it('by suspension lets a running checkpoint end', () => {
    const machine = new Machine();
    machine.at(500);
    machine.begin(1);
    expect(machine.apply({ kind: 'suspend' })).toEqual([]);
    machine.acknowledge(1, SOURCE, SINK);
    expect(kinds(machine.finalized(1))).toEqual(['complete', 'suspended']);
  });

  it('by suspension waits no longer than its time', () => {
    const machine = new Machine();
    machine.at(500);
    machine.begin(1);
    machine.apply({ kind: 'suspend' });
    expect(nextTimerAtMs(machine.state)).toBe(500 + SUSPEND_TIMEOUT_MS);
    expect(machine.at(500 + SUSPEND_TIMEOUT_MS)).toEqual([
      { kind: 'abort', checkpointId: 1, reason: 'coordinator-suspend' },
      { kind: 'suspended' },
    ]);
  });

  it('by suspension is over at once when nothing has reached the subtasks', () => {
    const machine = new Machine();
    machine.at(500);
    expect(machine.apply({ kind: 'suspend' })).toEqual([{ kind: 'suspended' }]);
    expect(machine.apply({ kind: 'location-made', token: 1, checkpointId: checkpointId(1) })).toEqual([
      { kind: 'discard-location', checkpointId: 1 },
    ]);
  });
});
