/**
 * A world around the job master in which everything may happen at any moment that can happen at all: subtasks advance and fail,
 * slots die, the user cancels or suspends, answers to commands are late, messages of old attempts arrive. Drawn moves first; then
 * the world calms down, answers everything and lets the subtasks finish. Must hold:
 *
 *   the job ends, once, and nothing is commanded afterwards · there are never two attempts at once · the strategy is asked at
 *   most once an attempt · the timer is armed once at a time and disarmed when it is not needed · checkpointing is stopped iff it was started
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SubtaskStatus } from '../base/control-plane.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { ErrorRecovery } from '../base/error-catalogue.ts';
import { initialJobMasterState } from './job-master-state.ts';
import type { JobMasterCommand, JobMasterEvent, JobMasterState } from './job-master-state.ts';
import { transition } from './job-master-transition.ts';

const SUBTASKS = ['a', 'b', 'c'];
const NEXT_STATUS: Readonly<Record<SubtaskStatus, SubtaskStatus | undefined>> = {
  running: 'end-of-data',
  'end-of-data': 'finished',
  finished: undefined,
};
const RESTARTS_MAX = 5;
const CALM_STEPS_MAX = 200;

function error(recovery: ErrorRecovery): ErrorRecord {
  return { name: 'Error', message: recovery, recovery };
}

class World {
  state: JobMasterState;
  readonly settled: string[] = [];
  #nowMs = 0;
  /** Numbers of attempts that are deployed and not ended. */
  readonly #live = new Set<number>();
  readonly #ending = new Set<number>();
  readonly #statuses = new Map<string, SubtaskStatus>();
  #isTimerArmed = false;
  readonly #askedFor = new Set<number>();
  #isCheckpointing = false;
  #isDraining = false;
  #isAsked = false;
  #isRecording = false;

  constructor(isCheckpointingEnabled: boolean) {
    this.state = initialJobMasterState({ subtaskCount: SUBTASKS.length, isCheckpointingEnabled });
  }

  tell(event: JobMasterEvent): void {
    this.#nowMs += 7;
    const { state, commands } = transition(this.state, event, this.#nowMs);
    expect(this.settled.length === 0 || commands.length === 0).toBe(true);
    this.state = state;
    for (const command of commands) this.#obey(command);
    expect(state.isAttemptLive).toBe(this.#live.size === 1);
  }

  /** Answers to commands. */
  answers(): JobMasterEvent[] {
    return [
      ...[...this.#ending].map((attemptNumber): JobMasterEvent => ({ kind: 'attempt-ended', attemptNumber })),
      ...(this.#isTimerArmed ? [{ kind: 'restart-due' } as const] : []),
      ...(this.#isDraining ? [{ kind: 'checkpoints-drained' } as const] : []),
      ...(this.#isAsked ? [this.#decision()] : []),
      ...(this.#isRecording ? [{ kind: 'outcome-recorded' } as const] : []),
    ];
  }

  /** Subtasks of the live attempt, each one step further. */
  advances(): JobMasterEvent[] {
    if (this.#live.size === 0 || this.#ending.size > 0) return [];
    return SUBTASKS.flatMap((subtask): JobMasterEvent[] => {
      const current = this.#statuses.get(subtask);
      const status = current === undefined ? 'running' : NEXT_STATUS[current];
      if (status === undefined) return [];
      return [{ kind: 'subtask-status', attemptNumber: this.state.attemptNumber, subtask, status }];
    });
  }

  disturbances(): JobMasterEvent[] {
    const { attemptNumber } = this.state;
    return [
      { kind: 'start' },
      { kind: 'cancel' },
      { kind: 'suspend' },
      { kind: 'failure', attemptNumber, error: error('restart') },
      { kind: 'failure', attemptNumber, error: error('restart') },
      { kind: 'failure', attemptNumber, error: error('fail-job') },
      { kind: 'failure', attemptNumber: undefined, error: error('fail-process') },
      { kind: 'failure', attemptNumber: attemptNumber - 1, error: error('fail-job') },
      { kind: 'subtask-status', attemptNumber: attemptNumber - 1, subtask: 'a', status: 'finished' },
      { kind: 'attempt-ended', attemptNumber: attemptNumber - 1 },
      ...(this.#isRecording ? [{ kind: 'outcome-not-recorded', error: error('restart') } as const] : []),
    ];
  }

  move(event: JobMasterEvent): void {
    switch (event.kind) {
      case 'subtask-status':
        if (event.attemptNumber === this.state.attemptNumber) this.#statuses.set(event.subtask, event.status);
        break;
      case 'attempt-ended':
        this.#ending.delete(event.attemptNumber);
        this.#live.delete(event.attemptNumber);
        break;
      case 'restart-due':
        this.#isTimerArmed = false;
        break;
      case 'checkpoints-drained':
        this.#isDraining = false;
        break;
      case 'restart-decided':
        this.#isAsked = false;
        break;
      case 'outcome-recorded':
      case 'outcome-not-recorded':
        this.#isRecording = false;
        break;
      default:
        break;
    }
    this.tell(event);
  }

  #decision(): JobMasterEvent {
    const delayMs = this.state.restarts < RESTARTS_MAX ? (this.state.restarts % 2) * 1000 : undefined;
    return { kind: 'restart-decided', delayMs, strategy: 'model' };
  }

  #obey(command: JobMasterCommand): void {
    switch (command.kind) {
      case 'deploy':
        expect(this.#live.size).toBe(0);
        this.#live.add(command.attemptNumber);
        this.#statuses.clear();
        break;
      case 'end-attempt':
        expect(this.#live.has(command.attemptNumber) && !this.#ending.has(command.attemptNumber)).toBe(true);
        expect(this.#isCheckpointing).toBe(false);
        this.#ending.add(command.attemptNumber);
        break;
      case 'start-checkpointing':
        expect(this.#isCheckpointing).toBe(false);
        this.#isCheckpointing = true;
        break;
      case 'drain-checkpoints':
        this.#isDraining = true;
        break;
      case 'stop-checkpointing':
        expect(this.#isCheckpointing).toBe(true);
        this.#isCheckpointing = false;
        break;
      case 'ask-restart-strategy':
        // Not recording the end asks once more: that failure is not the attempt's.
        expect(this.#isAsked).toBe(false);
        if (this.#live.size > 0) expect(this.#askedFor.has(this.state.attemptNumber)).toBe(false);
        if (this.#live.size > 0) this.#askedFor.add(this.state.attemptNumber);
        this.#isAsked = true;
        break;
      case 'arm-restart-timer':
        expect(this.#isTimerArmed).toBe(false);
        this.#isTimerArmed = true;
        break;
      case 'disarm-restart-timer':
        expect(this.#isTimerArmed).toBe(true);
        this.#isTimerArmed = false;
        break;
      case 'record-outcome':
        expect(this.#live.size).toBe(0);
        this.#isRecording = true;
        break;
      case 'settle':
        expect(this.#live.size).toBe(0);
        this.settled.push(command.outcome);
        break;
      case 'report-failure':
      case 'report-further-failure':
        break;
    }
  }
}

test('the job master ends every job, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(fc.nat({ max: 999 }), { maxLength: 120 }), (isCheckpointingEnabled, draws) => {
      const world = new World(isCheckpointingEnabled);
      for (const draw of draws) {
        // Disturbances are rare enough that jobs come far.
        const moves = [
          ...world.answers(),
          ...world.advances(),
          ...world.advances(),
          ...(draw % 3 === 0 ? world.disturbances() : []),
        ];
        const move = moves[draw % Math.max(1, moves.length)];
        if (move !== undefined) world.move(move);
      }
      world.tell({ kind: 'start' });
      for (let step = 0; step < CALM_STEPS_MAX && world.settled.length === 0; step++) {
        const [move] = [...world.answers(), ...world.advances()];
        if (move !== undefined) world.move(move);
      }
      expect(world.settled).toHaveLength(1);
      for (const event of world.disturbances()) world.tell(event);
      expect(world.settled).toHaveLength(1);
    }),
    { numRuns: 1000 },
  );
});

test('a job is canceled, suspended or failed only when somebody asked for it or something failed', () => {
  const world = new World(true);
  world.tell({ kind: 'start' });
  for (let step = 0; step < CALM_STEPS_MAX; step++) {
    const [move] = [...world.answers(), ...world.advances()];
    if (move !== undefined) world.move(move);
  }
  expect(world.settled).toEqual(['FINISHED']);
});
