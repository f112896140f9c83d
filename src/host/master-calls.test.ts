import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { FakeAttemptListener } from '../../test/support/fake-attempt-listener.ts';
import type { MasterCalls } from '../base/control-plane.ts';
import { MillraceError, toErrorRecord } from '../base/errors.ts';
import { checkpointId, operatorId } from '../base/ids.ts';
import type { SubtaskSnapshot } from '../base/state-handle.ts';
import { deliver, masterCallsOver, withoutEnd } from './master-calls.ts';
import type { MasterMessage, MasterMethod } from './master-calls.ts';

const OPERATOR = operatorId('0123456789abcdef0123456789abcdef');
const SUBTASK = { vertexId: OPERATOR, subtaskIndex: 3 };
const ERROR = toErrorRecord(new MillraceError('USER_FUNCTION_FAILED', 'no', { cause: new RangeError('too far') }));
const SNAPSHOT: SubtaskSnapshot = {
  operators: [{ operatorId: OPERATOR, keyed: [], states: [], lists: [], watermarkMs: Number.NEGATIVE_INFINITY }],
  isFinished: true,
  statistics: { alignmentMs: 1, syncMs: 2, asyncMs: 3, startDelayMs: 4, writtenBytes: 5, stateBytes: 6 },
};

/** One call of each method, with values that JSON would not carry. */
const CALLS: { readonly [M in MasterMethod]: Parameters<MasterCalls[M]> } = {
  subtaskStatus: [SUBTASK, 'end-of-data'],
  subtaskFailed: [SUBTASK, ERROR],
  acknowledgeCheckpoint: [SUBTASK, checkpointId(7), SNAPSHOT],
  declineCheckpoint: [SUBTASK, checkpointId(8), 'io-exception', ERROR],
  readerEvent: [SUBTASK, OPERATOR, { kind: 'request-split' }],
  collected: [OPERATOR, 'batch-1', Uint8Array.of(1, 2, 255)],
  log: ['warn', 'slow', { slot: 1, since: new Date(5) }],
  attemptEnded: [],
};
// Those of the literal above, which has no others.
const METHODS = Object.keys(CALLS) as readonly MasterMethod[];

function callAll(calls: MasterCalls): void {
  calls.subtaskStatus(...CALLS.subtaskStatus);
  calls.subtaskFailed(...CALLS.subtaskFailed);
  calls.acknowledgeCheckpoint(...CALLS.acknowledgeCheckpoint);
  calls.declineCheckpoint(...CALLS.declineCheckpoint);
  calls.readerEvent(...CALLS.readerEvent);
  calls.collected(...CALLS.collected);
  calls.log(...CALLS.log);
  calls.attemptEnded();
}

/** Notes each call with its arguments. */
function notingCalls(): { readonly calls: MasterCalls; readonly noted: readonly (readonly [string, ...unknown[]])[] } {
  const noted: [string, ...unknown[]][] = [];
  const note =
    (method: MasterMethod) =>
    (...args: readonly unknown[]): void =>
      void noted.push([method, ...args]);
  return {
    noted,
    calls: {
      subtaskStatus: note('subtaskStatus'),
      subtaskFailed: note('subtaskFailed'),
      acknowledgeCheckpoint: note('acknowledgeCheckpoint'),
      declineCheckpoint: note('declineCheckpoint'),
      readerEvent: note('readerEvent'),
      collected: note('collected'),
      log: note('log'),
      attemptEnded: note('attemptEnded'),
    },
  };
}

describe('calls to the job master as messages', () => {
  it('arrive in their order, each at its own method, with what they were made with', () => {
    const { calls, noted } = notingCalls();
    callAll(masterCallsOver((message) => deliver(structuredClone(message), calls)));
    expect(noted).toEqual(METHODS.map((method) => [method, ...CALLS[method]]));
  });

  it('cross a message port as they are', async () => {
    const { calls, noted } = notingCalls();
    const { port1, port2 } = new MessageChannel();
    const allDelivered = new Promise<void>((resolve) => {
      port2.on('message', (message: MasterMessage) => {
        deliver(message, calls);
        if (message.method === 'attemptEnded') resolve();
      });
    });
    callAll(masterCallsOver((message) => port1.postMessage(message)));
    await allDelivered;
    port1.close();
    expect(noted).toEqual(METHODS.map((method) => [method, ...CALLS[method]]));
  });

  it('leave an argument out that was left out', () => {
    const { calls, noted } = notingCalls();
    masterCallsOver((message) => deliver(message, calls)).declineCheckpoint(SUBTASK, checkpointId(1), 'subsumed');
    expect(noted).toEqual([['declineCheckpoint', SUBTASK, 1, 'subsumed']]);
  });
});

describe('withoutEnd', () => {
  it('passes everything on but the end of the attempt', () => {
    const listener = new FakeAttemptListener();
    callAll(withoutEnd(listener));
    expect(listener.heard).toEqual([
      'end-of-data',
      'failed USER_FUNCTION_FAILED',
      'ack 7 finished',
      'decline 8 io-exception',
      'request-split',
      'collected batch-1',
    ]);
    expect(listener.logged).toEqual(['slow']);
  });
});
