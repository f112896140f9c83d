/**
 * Events come to the coordinator in any order: answers of the storage, acknowledgements (late, repeated, of unknown checkpoints),
 * declines, subtasks that reach their end, time, requests, failovers. A model that only looks at events and commands checks the
 * invariants of coordinator-state.ts; what is drawn are choices among what could happen at that moment.
 *
 * Then everybody behaves for a while, and a checkpoint must complete.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { must } from '../../base/assert.ts';
import { checkpointId, operatorId, subtaskKey } from '../../base/ids.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { isCountedFailure } from '../protocol/failure-reasons.ts';
import type { CheckpointFailureReason } from '../protocol/failure-reasons.ts';
import { initialCoordinatorState, nextTimerAtMs } from './coordinator-state.ts';
import type {
  CoordinatorCommand,
  CoordinatorEvent,
  CoordinatorSettings,
  CoordinatorState,
  SubtaskView,
} from './coordinator-state.ts';
import { transition } from './coordinator-transition.ts';

const VERTICES = [operatorId('1'.repeat(32)), operatorId('2'.repeat(32))];
const DECLINES: readonly CheckpointFailureReason[] = ['async-exception', 'io-exception', 'task-closing', 'subsumed'];

function attempt(): SubtaskView[] {
  return VERTICES.flatMap((vertexId, vertex) =>
    [0, 1].map((subtaskIndex): SubtaskView => ({
      address: { vertexId, subtaskIndex },
      isSource: vertex === 0,
      status: 'running',
    })),
  );
}

const KEYS = attempt().map(({ address }) => subtaskKey(address));
const SOURCES = KEYS.slice(0, 2);

interface OpenCheckpoint {
  /** Subtasks that had not finished when it began. */
  readonly owing: Set<string>;
  readonly triggered: Set<string>;
  areEnumeratorsIn: boolean;
  isFinalizing: boolean;
}

class Model {
  state: CoordinatorState;
  nowMs = 0;
  readonly statuses = new Map<string, SubtaskView['status']>();
  readonly locations: { token: number; candidate: CheckpointId }[] = [];
  readonly open = new Map<CheckpointId, OpenCheckpoint>();
  readonly ended = new Set<CheckpointId>();
  readonly answered = new Set<number>();
  lastUsedId = 0;
  lastCompletedId = 0;
  failures = 0;
  requests = 0;
  #failJobs = 0;
  #expectedFailJobs = 0;

  constructor(settings: CoordinatorSettings) {
    this.state = initialCoordinatorState(settings, checkpointId(1));
    this.start();
  }

  start(): void {
    for (const key of KEYS) this.statuses.set(key, 'running');
    this.apply({ kind: 'start', subtasks: attempt(), firstDelayRatio: 0.5 });
  }

  apply(event: CoordinatorEvent): void {
    const before = this.state;
    const { state, commands } = transition(before, event, this.nowMs);
    this.state = state;
    this.#countLostTriggers(before, event);
    for (const command of commands) this.#check(command, event);
    expect(this.open.size + (state.trigger === undefined ? 0 : 1)).toBeLessThanOrEqual(state.settings.maxConcurrent);
    expect(this.#failJobs).toBe(this.#expectedFailJobs);
    for (const [id, checkpoint] of this.open) this.#checkTriggers(id, checkpoint);
  }

  /** A checkpoint that never got a place can fail too. */
  #countLostTriggers(before: CoordinatorState, event: CoordinatorEvent): void {
    if (before.trigger === undefined || this.state.trigger === before.trigger) return;
    if (event.kind === 'location-failed' || event.kind === 'timer')
      this.#failed(event.kind === 'timer' ? 'expired' : 'io-exception');
  }

  #failed(reason: CheckpointFailureReason): void {
    if (!isCountedFailure(reason)) return;
    this.failures++;
    if (this.failures <= this.state.settings.tolerableFailures) return;
    this.failures = 0;
    if (this.state.phase === 'running') this.#expectedFailJobs++;
  }

  #check(command: CoordinatorCommand, event: CoordinatorEvent): void {
    switch (command.kind) {
      case 'make-location':
        this.locations.push(command);
        return;
      case 'snapshot-enumerators':
        return this.#begun(command.checkpointId);
      case 'trigger':
        return this.#triggered(command.checkpointId, command.subtasks.map(subtaskKey));
      case 'finalize': {
        const checkpoint = must(this.open.get(command.checkpointId), 'open checkpoint');
        expect(checkpoint.owing.size).toBe(0);
        expect(checkpoint.areEnumeratorsIn).toBe(true);
        expect([...this.open.values()].some(({ isFinalizing }) => isFinalizing)).toBe(false);
        checkpoint.isFinalizing = true;
        return;
      }
      case 'complete':
        // Only the storage's answer, which stands for the pointer entry, completes a checkpoint.
        expect(event).toEqual({ kind: 'finalized', checkpointId: command.checkpointId });
        expect(command.checkpointId).toBeGreaterThan(this.lastCompletedId);
        this.#end(command.checkpointId);
        for (const other of this.open.keys()) expect(other).toBeGreaterThan(command.checkpointId);
        this.lastCompletedId = command.checkpointId;
        this.failures = 0;
        return;
      case 'abort':
        if (must(this.open.get(command.checkpointId), 'open checkpoint').isFinalizing)
          expect(event.kind).toBe('finalize-failed');
        this.#end(command.checkpointId);
        return this.#failed(command.reason);
      case 'answer':
        for (const requestId of command.requestIds) {
          expect(this.answered.has(requestId)).toBe(false);
          this.answered.add(requestId);
        }
        return;
      case 'fail-job':
        this.#failJobs++;
        return;
      case 'discard-location':
      case 'suspended':
        return;
    }
  }

  #begun(id: CheckpointId): void {
    expect(this.open.has(id) || this.ended.has(id)).toBe(false);
    const owing = KEYS.filter((key) => this.statuses.get(key) !== 'finished');
    this.open.set(id, { owing: new Set(owing), triggered: new Set(), areEnumeratorsIn: false, isFinalizing: false });
  }

  #triggered(id: CheckpointId, keys: readonly string[]): void {
    const checkpoint = must(this.open.get(id), 'open checkpoint');
    expect(checkpoint.areEnumeratorsIn).toBe(true);
    for (const key of keys) {
      expect(checkpoint.triggered.has(key)).toBe(false);
      expect(SOURCES.includes(key) || this.statuses.get(key) === 'end-of-data').toBe(true);
      checkpoint.triggered.add(key);
    }
  }

  /** Nobody is forgotten: without a trigger or a barrier from upstream the checkpoint would hang. */
  #checkTriggers(id: CheckpointId, { owing, triggered, areEnumeratorsIn, isFinalizing }: OpenCheckpoint): void {
    if (!areEnumeratorsIn || isFinalizing || !this.state.pending.has(id)) return;
    for (const key of owing) {
      const mustBeTold = SOURCES.includes(key) || this.statuses.get(key) === 'end-of-data';
      if (mustBeTold) expect(triggered.has(key)).toBe(true);
    }
  }

  #end(id: CheckpointId): void {
    expect(this.ended.has(id)).toBe(false);
    expect(this.open.delete(id)).toBe(true);
    this.ended.add(id);
  }

  // What may happen

  answerLocation(index: number, succeeds: boolean): void {
    const [location] = this.locations.splice(index % Math.max(1, this.locations.length), 1);
    if (location === undefined) return;
    if (!succeeds) return this.apply({ kind: 'location-failed', token: location.token });
    const id = checkpointId(Math.max(location.candidate, this.lastUsedId + 1));
    this.lastUsedId = id;
    this.apply({ kind: 'location-made', token: location.token, checkpointId: id });
  }

  answerEnumerators(succeeds: boolean): void {
    for (const [id, checkpoint] of this.open) {
      if (checkpoint.areEnumeratorsIn) continue;
      checkpoint.areEnumeratorsIn = succeeds;
      return this.apply({ kind: succeeds ? 'enumerators-snapshotted' : 'enumerators-failed', checkpointId: id });
    }
  }

  acknowledge(id: CheckpointId, key: string): void {
    const checkpoint = this.open.get(id);
    // A subtask can only take part once the barrier is under way.
    if (checkpoint !== undefined && !checkpoint.areEnumeratorsIn) return;
    checkpoint?.owing.delete(key);
    const isFinished = this.statuses.get(key) !== 'running';
    this.apply({ kind: 'acknowledged', checkpointId: id, subtask: key, isFinished });
  }

  answerFinalize(succeeds: boolean): void {
    for (const [id, { isFinalizing }] of this.open) {
      if (isFinalizing) return this.apply({ kind: succeeds ? 'finalized' : 'finalize-failed', checkpointId: id });
    }
  }

  status(key: string): void {
    const next = this.statuses.get(key) === 'running' ? 'end-of-data' : 'finished';
    this.statuses.set(key, next);
    if (next === 'finished') for (const { owing } of this.open.values()) owing.delete(key);
    this.apply({ kind: 'subtask-status', subtask: key, status: next });
  }

  advance(byMs: number): void {
    this.nowMs += byMs;
    this.apply({ kind: 'timer' });
    const nextMs = nextTimerAtMs(this.state);
    if (nextMs !== undefined) expect(nextMs).toBeGreaterThan(this.nowMs);
  }

  failover(): void {
    this.apply({ kind: 'stop', reason: 'failover' });
    expect([...this.open.values()].every(({ isFinalizing }) => isFinalizing)).toBe(true);
    this.answerFinalize(true);
    expect(this.open.size).toBe(0);
    this.start();
  }

  request(): void {
    this.apply({ kind: 'request', requestId: ++this.requests });
  }
}

type Choice = readonly [what: number, which: number];

function act(model: Model, [what, which]: Choice): void {
  const open = [...model.open.keys()];
  const id = open[which % Math.max(1, open.length)];
  const isMostlyGood = which % 8 > 0;
  switch (what) {
    case 0:
      return model.answerLocation(which, isMostlyGood);
    case 1:
      return model.answerEnumerators(isMostlyGood);
    case 2: {
      const key = [...(id === undefined ? [] : must(model.open.get(id), 'checkpoint').owing)][0];
      return id === undefined || key === undefined ? undefined : model.acknowledge(id, key);
    }
    case 3:
      if (id !== undefined) for (const key of KEYS) model.acknowledge(id, key);
      return;
    case 4: {
      const late = [...model.ended, checkpointId(999)];
      return model.acknowledge(
        must(late[which % late.length], 'checkpoint'),
        must(KEYS[which % KEYS.length], 'subtask'),
      );
    }
    case 5: {
      if (id === undefined || model.open.get(id)?.areEnumeratorsIn === false) return;
      return model.apply({
        kind: 'declined',
        checkpointId: id,
        reason: must(DECLINES[which % DECLINES.length], 'reason'),
      });
    }
    case 6:
      return model.answerFinalize(which % 4 > 0);
    case 7:
      return model.advance(which * 2);
    case 8:
      return which % 3 === 0 ? model.status(must(KEYS[which % KEYS.length], 'subtask')) : model.request();
    case 9:
      return which % 8 === 0 ? model.failover() : model.advance(1);
  }
}

/** Everybody answers at once, and well. */
function behave(model: Model): void {
  for (let round = 0; round < 8; round++) {
    while (model.locations.length > 0) model.answerLocation(0, true);
    model.answerEnumerators(true);
    for (const id of model.open.keys()) for (const key of KEYS) model.acknowledge(id, key);
    model.answerFinalize(true);
  }
}

const settings: fc.Arbitrary<CoordinatorSettings> = fc.record({
  intervalMs: fc.constantFrom(10, 50),
  minPauseMs: fc.constantFrom(0, 0, 20, 100),
  timeoutMs: fc.constantFrom(60, 1000),
  maxConcurrent: fc.integer({ min: 1, max: 3 }),
  tolerableFailures: fc.constantFrom(0, 1, Infinity),
});

/** Progress is drawn more often than trouble. */
const what = fc.constantFrom(0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 7, 7, 7, 8, 9);
const choices: fc.Arbitrary<Choice[]> = fc.array(fc.tuple(what, fc.nat(63)), {
  minLength: 20,
  maxLength: 150,
  size: 'max',
});

describe('the coordinator', () => {
  it('keeps its invariants in whatever order things happen, and completes a checkpoint when they go well', () => {
    fc.assert(
      fc.property(settings, choices, (drawn, steps) => {
        const model = new Model(drawn);
        for (const step of steps) act(model, step);
        model.failover();
        const completedBefore = model.lastCompletedId;
        for (let period = 0; period < 4; period++) {
          model.advance(150);
          behave(model);
        }
        expect(model.lastCompletedId).toBeGreaterThan(completedBefore);
        model.apply({ kind: 'stop', reason: 'coordinator-shutdown' });
        expect(model.answered.size).toBe(model.requests);
        expect(nextTimerAtMs(model.state)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});
