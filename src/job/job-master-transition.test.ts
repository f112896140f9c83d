/**
 * The whole table of phases and events. A row names the events that do something in its phase, with the phase that follows and
 * the commands; every other event must leave the state as it is and command nothing.
 */
import { describe, expect, test } from 'vitest';
import type { ErrorRecord } from '../base/errors.ts';
import { NO_PROGRESS } from './attempt-progress.ts';
import { initialJobMasterState, jobStatusOf } from './job-master-state.ts';
import type { JobMasterEvent, JobMasterState, JobPhase, Verdict } from './job-master-state.ts';
import { transition } from './job-master-transition.ts';

const NOW_MS = 1000;
const RESTARTABLE: ErrorRecord = { name: 'Error', message: 'lost', code: 'TASK_THREAD_DIED', recovery: 'restart' };
const FINAL: ErrorRecord = { name: 'Error', message: 'wrong', code: 'PROMISE_NOT_ALLOWED', recovery: 'fail-job' };
const FATAL: ErrorRecord = { name: 'Error', message: 'fenced', code: 'JOB_FENCED', recovery: 'fail-process' };

const EVENTS = {
  start: { kind: 'start' },
  cancel: { kind: 'cancel' },
  suspend: { kind: 'suspend' },
  'a is running': { kind: 'subtask-status', attemptNumber: 1, subtask: 'a', status: 'running' },
  'a ends': { kind: 'subtask-status', attemptNumber: 1, subtask: 'a', status: 'end-of-data' },
  'a finishes': { kind: 'subtask-status', attemptNumber: 1, subtask: 'a', status: 'finished' },
  'restartable failure': { kind: 'failure', attemptNumber: 1, error: RESTARTABLE },
  'final failure': { kind: 'failure', attemptNumber: 1, error: FINAL },
  'job lost': { kind: 'failure', attemptNumber: undefined, error: FATAL },
  'old failure': { kind: 'failure', attemptNumber: 0, error: FINAL },
  'old status': { kind: 'subtask-status', attemptNumber: 0, subtask: 'a', status: 'finished' },
  'old attempt ended': { kind: 'attempt-ended', attemptNumber: 0 },
  'restart in 50 ms': { kind: 'restart-decided', delayMs: 50, strategy: 'fixed-delay' },
  'restart at once': { kind: 'restart-decided', delayMs: 0, strategy: 'fixed-delay' },
  'no restart': { kind: 'restart-decided', delayMs: undefined, strategy: 'none' },
  'attempt ended': { kind: 'attempt-ended', attemptNumber: 1 },
  drained: { kind: 'checkpoints-drained' },
  'restart due': { kind: 'restart-due' },
  recorded: { kind: 'outcome-recorded' },
  'not recorded': { kind: 'outcome-not-recorded', error: RESTARTABLE },
} satisfies Record<string, JobMasterEvent>;

type EventName = keyof typeof EVENTS;
type Row = Partial<Record<EventName, string>>;

const PENDING: Verdict = { kind: 'pending' };
const RESTART_LATER: Verdict = { kind: 'restart', restartAtMs: NOW_MS + 10 };
const RESTART_NOW: Verdict = { kind: 'restart', restartAtMs: NOW_MS };
const FAIL: Verdict = { kind: 'fail', error: FINAL };

function failing(verdict: Verdict, isAttemptLive = true): JobMasterState {
  return inPhase({ kind: 'failing', failure: verdict.kind === 'fail' ? FINAL : RESTARTABLE, verdict }, isAttemptLive);
}

/** Attempt 1 of a job with subtasks a and b, both running. */
function inPhase(phase: JobPhase, isAttemptLive: boolean): JobMasterState {
  return {
    ...initialJobMasterState({ subtaskCount: 2, isCheckpointingEnabled: true }),
    phase,
    attemptNumber: 1,
    isAttemptLive,
    progress: {
      statuses: new Map([
        ['a', 'running'],
        ['b', 'running'],
      ]),
      isCheckpointing: true,
    },
  };
}

function withStatuses(
  state: JobMasterState,
  statuses: JobMasterState['progress']['statuses'],
  rest: Partial<JobMasterState['progress']> = {},
): JobMasterState {
  return { ...state, progress: { ...state.progress, ...rest, statuses } };
}

const running = inPhase({ kind: 'running' }, true);
const opening = withStatuses(running, new Map([['b', 'end-of-data']]), { isCheckpointing: false });
const ending = withStatuses(
  running,
  new Map([
    ['a', 'running'],
    ['b', 'end-of-data'],
  ]),
);
const finishingSoon = withStatuses(
  running,
  new Map([
    ['a', 'end-of-data'],
    ['b', 'finished'],
  ]),
);
const draining = withStatuses(inPhase({ kind: 'draining' }, true), finishingSoon.progress.statuses);

const END = 'stop-checkpointing, end-attempt 1';
const FURTHER = 'report-further-failure';
/** The event contradicts the phase: an assertion fails. */
const IMPOSSIBLE = 'impossible';

const TABLE: readonly (readonly [string, JobMasterState, Row])[] = [
  [
    'created',
    initialJobMasterState({ subtaskCount: 2, isCheckpointingEnabled: true }),
    {
      start: 'running: deploy 1',
      cancel: 'recording: record-outcome CANCELED',
      suspend: 'ended: settle SUSPENDED',
      'job lost': `created: ${FURTHER}`,
    },
  ],
  [
    'running, one subtask still opening',
    opening,
    {
      'attempt ended': IMPOSSIBLE,
      cancel: 'cancelling: end-attempt 1',
      suspend: 'suspending: end-attempt 1',
      'a is running': 'running: start-checkpointing',
      'a ends': 'running: start-checkpointing',
      'a finishes': 'running: start-checkpointing',
      'restartable failure': 'failing: end-attempt 1, ask-restart-strategy',
      'final failure': 'failing: end-attempt 1, report-failure',
      'job lost': 'failing: end-attempt 1, report-failure',
    },
  ],
  [
    'running, one subtask at the end',
    ending,
    {
      'attempt ended': IMPOSSIBLE,
      'a is running': IMPOSSIBLE,
      cancel: `cancelling: ${END}`,
      suspend: 'draining: drain-checkpoints',
      'a ends': 'running: ',
      'a finishes': 'running: ',
      'restartable failure': `failing: ${END}, ask-restart-strategy`,
      'final failure': `failing: ${END}, report-failure`,
      'job lost': `failing: ${END}, report-failure`,
    },
  ],
  [
    'running, last subtask about to finish',
    finishingSoon,
    {
      'attempt ended': IMPOSSIBLE,
      'a is running': IMPOSSIBLE,
      'a ends': IMPOSSIBLE,
      cancel: `cancelling: ${END}`,
      suspend: 'draining: drain-checkpoints',
      'a finishes': `finishing: ${END}`,
      'restartable failure': `failing: ${END}, ask-restart-strategy`,
      'final failure': `failing: ${END}, report-failure`,
      'job lost': `failing: ${END}, report-failure`,
    },
  ],
  [
    'draining',
    draining,
    {
      'attempt ended': IMPOSSIBLE,
      'a is running': IMPOSSIBLE,
      'a ends': IMPOSSIBLE,
      cancel: `cancelling: ${END}`,
      'a finishes': `finishing: ${END}`,
      drained: `suspending: ${END}`,
      'restartable failure': `suspending: ${END}, ${FURTHER}`,
      'final failure': `suspending: ${END}, ${FURTHER}`,
      'job lost': `failing: ${END}, report-failure`,
    },
  ],
  [
    'failing, verdict pending',
    failing(PENDING),
    {
      cancel: 'cancelling: ',
      suspend: 'suspending: ',
      'restartable failure': `failing: ${FURTHER}`,
      'final failure': 'failing: report-failure',
      'job lost': 'failing: report-failure',
      'restart in 50 ms': 'failing: report-failure',
      'restart at once': 'failing: report-failure',
      'no restart': 'failing: report-failure',
      'attempt ended': 'failing: ',
    },
  ],
  [
    'failing, verdict pending, attempt over',
    failing(PENDING, false),
    {
      cancel: 'recording: record-outcome CANCELED',
      suspend: 'ended: settle SUSPENDED',
      'job lost': 'ended: report-failure, settle FAILED',
      'restart in 50 ms': 'restarting: report-failure, arm-restart-timer',
      'restart at once': 'running: report-failure, deploy 2',
      'no restart': 'ended: report-failure, settle FAILED',
    },
  ],
  [
    'failing, restart later',
    failing(RESTART_LATER),
    {
      cancel: 'cancelling: ',
      suspend: 'suspending: ',
      'restartable failure': `failing: ${FURTHER}`,
      'final failure': 'failing: report-failure',
      'job lost': 'failing: report-failure',
      'attempt ended': 'restarting: arm-restart-timer',
    },
  ],
  [
    'failing, restart due',
    failing(RESTART_NOW),
    {
      cancel: 'cancelling: ',
      suspend: 'suspending: ',
      'restartable failure': `failing: ${FURTHER}`,
      'final failure': 'failing: report-failure',
      'job lost': 'failing: report-failure',
      'attempt ended': 'running: deploy 2',
    },
  ],
  [
    'failing for good',
    failing(FAIL),
    {
      'restartable failure': `failing: ${FURTHER}`,
      'final failure': `failing: ${FURTHER}`,
      'job lost': 'failing: report-failure',
      'attempt ended': 'ended: settle FAILED',
    },
  ],
  [
    'restarting',
    inPhase({ kind: 'restarting', restartAtMs: NOW_MS + 10 }, false),
    {
      cancel: 'recording: disarm-restart-timer, record-outcome CANCELED',
      suspend: 'ended: disarm-restart-timer, settle SUSPENDED',
      'job lost': 'ended: disarm-restart-timer, report-failure, settle FAILED',
      'restart due': 'running: deploy 2',
    },
  ],
  [
    'suspending',
    inPhase({ kind: 'suspending' }, true),
    {
      cancel: 'cancelling: ',
      'restartable failure': `suspending: ${FURTHER}`,
      'final failure': `suspending: ${FURTHER}`,
      'job lost': 'failing: report-failure',
      'attempt ended': 'ended: settle SUSPENDED',
    },
  ],
  [
    'cancelling',
    inPhase({ kind: 'cancelling' }, true),
    {
      'restartable failure': `cancelling: ${FURTHER}`,
      'final failure': `cancelling: ${FURTHER}`,
      'job lost': 'failing: report-failure',
      'attempt ended': 'recording: record-outcome CANCELED',
    },
  ],
  [
    'finishing',
    inPhase({ kind: 'finishing' }, true),
    {
      'restartable failure': `finishing: ${FURTHER}`,
      'final failure': `finishing: ${FURTHER}`,
      'job lost': `finishing: ${FURTHER}`,
      'attempt ended': 'recording: record-outcome FINISHED',
    },
  ],
  [
    'recording FINISHED',
    inPhase({ kind: 'recording', outcome: 'FINISHED' }, false),
    {
      'job lost': `recording: ${FURTHER}`,
      recorded: 'ended: settle FINISHED',
      'not recorded': 'failing: ask-restart-strategy',
    },
  ],
  [
    'recording CANCELED',
    inPhase({ kind: 'recording', outcome: 'CANCELED' }, false),
    {
      'job lost': `recording: ${FURTHER}`,
      recorded: 'ended: settle CANCELED',
      'not recorded': 'ended: report-failure, settle FAILED',
    },
  ],
  ['ended', inPhase({ kind: 'ended', outcome: 'FINISHED', error: undefined }, false), {}],
];

function summary(state: JobMasterState, event: JobMasterEvent): string {
  const { state: next, commands } = transition(state, event, NOW_MS);
  const shown = commands.map((command) => {
    const details = ['attemptNumber', 'outcome'].flatMap((field) =>
      Object.entries(command).filter(([name]) => name === field),
    );
    return [command.kind, ...details.map(([, value]) => String(value))].join(' ');
  });
  return `${next.phase.kind}: ${shown.join(', ')}`;
}

const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[];

describe.each(TABLE)('In phase %s', (_name, state, row) => {
  test.each(EVENT_NAMES.filter((name) => row[name] !== undefined))('%s is answered', (name) => {
    if (row[name] === IMPOSSIBLE) expect(() => summary(state, EVENTS[name])).toThrow();
    else expect(summary(state, EVENTS[name])).toBe(row[name]);
  });

  test.each(EVENT_NAMES.filter((name) => row[name] === undefined))('%s changes nothing', (name) => {
    const { state: next, commands } = transition(state, EVENTS[name], NOW_MS);
    expect(next).toEqual(state);
    expect(commands).toEqual([]);
  });
});

describe('The job master', () => {
  test('gives each attempt a new number and counts the ones that follow a failure', () => {
    const restarted = transition(failing(RESTART_NOW), EVENTS['attempt ended'], NOW_MS).state;
    expect(restarted).toMatchObject({ attemptNumber: 2, restarts: 1, isAttemptLive: true, progress: NO_PROGRESS });
  });

  test('counts the wait for a restart from the failure, not from the end of the attempt', () => {
    const decided = transition(failing(PENDING), EVENTS['restart in 50 ms'], NOW_MS).state;
    expect(transition(decided, EVENTS['attempt ended'], NOW_MS + 20).commands).toEqual([
      { kind: 'arm-restart-timer', delayMs: 30 },
    ]);
  });

  test('ends with the failure itself when the strategy never allowed a restart', () => {
    const { phase } = transition(failing(PENDING, false), EVENTS['no restart'], NOW_MS).state;
    expect(phase).toMatchObject({ kind: 'ended', outcome: 'FAILED', error: RESTARTABLE });
  });

  test('keeps the cause when the strategy allows no further restart', () => {
    const restarted = { ...failing(PENDING, false), restarts: 1 };
    const { phase } = transition(restarted, EVENTS['no restart'], NOW_MS).state;
    expect(phase).toMatchObject({
      kind: 'ended',
      outcome: 'FAILED',
      error: { code: 'RESTART_SUPPRESSED', cause: RESTARTABLE },
    });
  });

  test('takes no checkpoints and finishes at once when checkpointing is off', () => {
    const off = {
      ...opening,
      isCheckpointingEnabled: false,
      progress: { ...opening.progress, statuses: new Map([['b', 'finished'] as const]) },
    };
    expect(summary(off, EVENTS['a is running'])).toBe('running: ');
    expect(summary(off, EVENTS['a finishes'])).toBe('finishing: end-attempt 1');
  });

  test.each([
    [failing(FAIL), 'FAILING'],
    [failing(RESTART_LATER), 'RESTARTING'],
    [draining, 'RUNNING'],
    [inPhase({ kind: 'recording', outcome: 'CANCELED' }, false), 'CANCELLING'],
    [inPhase({ kind: 'ended', outcome: 'SUSPENDED', error: undefined }, false), 'SUSPENDED'],
  ])('has a status for each phase (%#)', (state, status) => {
    expect(jobStatusOf(state)).toBe(status);
  });
});
