import { beforeEach, describe, expect, test } from 'vitest';
import { ScriptedSource } from '../../../test/support/scripted-source.ts';
import { VirtualEnvironment } from '../../../test/support/virtual-environment.ts';
import type { SourceEvent } from '../../base/control-plane.ts';
import type { MillraceError } from '../../base/errors.ts';
import { checkpointId, operatorId } from '../../base/ids.ts';
import { SourceCoordinator } from './source-coordinator.ts';

const CHK_1 = checkpointId(1);
const CHK_2 = checkpointId(2);

let world: VirtualEnvironment;
let source: ScriptedSource;
let sent: string[];
let failures: MillraceError[];

beforeEach(() => {
  world = new VirtualEnvironment();
  source = new ScriptedSource();
  sent = [];
  failures = [];
});

function coordinator(restored?: Uint8Array): SourceCoordinator {
  return new SourceCoordinator({
    operatorId: operatorId('0123456789abcdef0123456789abcdef'),
    operatorName: 'orders',
    operatorUid: 'orders-uid',
    source,
    parallelism: 2,
    environment: world.environment,
    openTimeoutMs: 1000,
    closeTimeoutMs: 100,
    restored,
    send: (subtaskIndex, event) => sent.push(`${subtaskIndex} ${shown(event)}`),
    fail: (error) => failures.push(error),
  });
}

function shown(event: SourceEvent): string {
  if (event.kind === 'add-splits') return `add ${event.splits.map(({ splitId }) => splitId).join(' ')}`;
  return event.kind === 'unassigned-lower-bound' ? `bound ${event.timestampMs}` : event.kind;
}

/** Started, with the given readers. */
async function started(readers: readonly number[] = [0, 1], restored?: Uint8Array): Promise<SourceCoordinator> {
  const started = coordinator(restored);
  await started.start();
  for (const reader of readers) started.handleReaderEvent(reader, { kind: 'register' });
  return started;
}

function assign(subtaskIndex: number, ...splitIds: string[]): void {
  source.enumerator.context.assignSplits(
    subtaskIndex,
    splitIds.map((splitId) => ({ splitId, from: 0 })),
  );
}

describe('A source coordinator', () => {
  test('registers readers and hands requests to the enumerator', async () => {
    const orders = await started();
    source.enumerator.onRequest = (reader) => assign(reader, 'a');
    orders.handleReaderEvent(1, { kind: 'request-split' });
    expect(source.enumerator.calls).toEqual(['start', 'addReader 0', 'addReader 1', 'request 1']);
    expect(sent).toEqual(['1 add a']);
    expect([...source.enumerator.context.registeredReaders]).toEqual([0, 1]);
  });

  test('holds what is assigned after a snapshot until that reader has acknowledged', async () => {
    const orders = await started();
    assign(0, 'a');
    orders.snapshot(CHK_1);
    assign(0, 'b');
    assign(1, 'c');
    source.enumerator.context.signalNoMoreSplits(0);
    expect(sent).toEqual(['0 add a']);
    orders.checkpointAcknowledged(0, CHK_1);
    expect(sent).toEqual(['0 add a', '0 add b', '0 no-more-splits']);
    orders.checkpointAcknowledged(1, CHK_1);
    expect(sent.at(-1)).toBe('1 add c');
  });

  test('tells a reader that there is nothing for it yet, after what it holds for it', async () => {
    const orders = await started();
    source.enumerator.context.signalNoSplitsYet(1);
    orders.snapshot(CHK_1);
    assign(0, 'a');
    source.enumerator.context.signalNoSplitsYet(0);
    expect(sent).toEqual(['1 no-splits-yet']);
    orders.checkpointAcknowledged(0, CHK_1);
    expect(sent).toEqual(['1 no-splits-yet', '0 add a', '0 no-splits-yet']);
  });

  test.each(['aborted', 'completed'] as const)('sends what it holds when the checkpoint is %s', async (how) => {
    const orders = await started();
    orders.snapshot(CHK_1);
    assign(1, 'c');
    if (how === 'aborted') orders.checkpointAborted(CHK_1);
    else orders.checkpointCompleted(CHK_1);
    expect(sent).toEqual(['1 add c']);
  });

  test('puts splits that still wait into the next snapshot, and gives them back to the restored enumerator', async () => {
    const orders = await started();
    orders.snapshot(CHK_1);
    assign(1, 'c', 'd');
    source.enumerator.state = { next: 4 };
    const state = orders.snapshot(CHK_2);
    await started([], state);
    expect(source.enumerator.restored).toEqual({ next: 4 });
    expect(source.enumerator.calls).toEqual(['start', 'back 1: c d']);
  });

  test('encodes the state at once', async () => {
    const orders = await started();
    const list = [1];
    source.enumerator.state = list;
    const state = orders.snapshot(CHK_1);
    list.push(2);
    await started([], state);
    expect(source.enumerator.restored).toEqual([1]);
  });

  test('sends the bound of unassigned splits after the splits assigned in the same call, and to late readers too', async () => {
    const orders = await started([0]);
    source.enumerator.onRequest = (reader) => {
      source.enumerator.context.setUnassignedLowerBound(500);
      assign(reader, 'a');
    };
    orders.handleReaderEvent(0, { kind: 'request-split' });
    orders.handleReaderEvent(1, { kind: 'register' });
    expect(sent).toEqual(['0 add a', '0 bound 500', '1 bound 500']);
  });

  test('sends a bound once, and none to a reader that gets no more splits', async () => {
    const orders = await started();
    source.enumerator.onRequest = (reader) => {
      source.enumerator.context.setUnassignedLowerBound(Number.POSITIVE_INFINITY);
      source.enumerator.context.signalNoMoreSplits(reader);
    };
    orders.handleReaderEvent(0, { kind: 'request-split' });
    orders.handleReaderEvent(1, { kind: 'request-split' });
    expect(sent).toEqual(['0 no-more-splits', '1 bound Infinity', '1 no-more-splits']);
  });

  test('remembers that a reader gets no more splits', async () => {
    const orders = await started();
    source.enumerator.onRequest = (reader) => source.enumerator.context.signalNoMoreSplits(reader);
    orders.handleReaderEvent(0, { kind: 'request-split' });
    orders.handleReaderEvent(0, { kind: 'request-split' });
    expect(sent).toEqual(['0 no-more-splits']);
    expect(source.enumerator.calls.filter((call) => call === 'request 0')).toHaveLength(1);
  });

  test('runs asynchronous work and timers of the enumerator', async () => {
    await started();
    source.enumerator.context.callAsync(
      () => Promise.resolve('found'),
      (found) => assign(0, found),
    );
    source.enumerator.context.after(1000, () => assign(1, 'later'));
    await world.advance(999);
    expect(sent).toEqual(['0 add found']);
    await world.advance(1);
    expect(sent).toEqual(['0 add found', '1 add later']);
  });

  test('drops results and timers of an enumerator that was closed', async () => {
    const orders = await started();
    source.enumerator.context.callAsync(
      () => Promise.resolve('found'),
      (found) => assign(0, found),
    );
    source.enumerator.context.after(10, () => assign(1, 'later'));
    await orders.close();
    await world.advance(20);
    expect(sent).toEqual([]);
    expect(world.openTimers).toBe(0);
    expect(source.enumerator.calls.at(-1)).toBe('close');
  });

  test('gives up an enumerator that does not start in time, and takes no notice of it afterwards', async () => {
    const gate = Promise.withResolvers<void>();
    source.onCreate = (enumerator) => {
      enumerator.onStart = () => gate.promise;
    };
    const orders = coordinator();
    const starting = orders.start().catch((error: unknown) => error);
    await world.advance(999);
    expect(world.openTimers).toBe(1);
    await world.advance(1);
    expect(await starting).toMatchObject({
      code: 'FUNCTION_TIMEOUT',
      message: 'Starting the enumerator failed: it did not settle within 1000 ms',
      context: { operatorName: 'orders', operatorUid: 'orders-uid' },
    });
    gate.resolve();
    await world.settle();
    orders.handleReaderEvent(0, { kind: 'register' });
    expect(source.enumerator.calls).toEqual(['start']);
    await orders.close();
    expect(source.enumerator.calls).toEqual(['start', 'close']);
    expect(world.openTimers).toBe(0);
  });

  test('leaves no timer open once its enumerator has started', async () => {
    await started();
    expect(world.openTimers).toBe(0);
  });

  test('does not wait for an enumerator that is still starting when it is closed', async () => {
    const orders = coordinator();
    source.onCreate = (enumerator) => {
      enumerator.onStart = () => new Promise(() => {});
    };
    const starting = orders.start();
    await orders.close();
    await expect(starting).resolves.toBeUndefined();
  });

  test('waits for a closing enumerator no longer than it may', async () => {
    const orders = await started();
    source.enumerator.onClose = () => new Promise(() => {});
    let isClosed = false;
    const closing = orders.close().then(() => (isClosed = true));
    await world.advance(99);
    expect(isClosed).toBe(false);
    await world.advance(1);
    await closing;
    expect(world.logged.map(({ message }) => message)).toEqual(["Closing the enumerator of source 'orders' failed"]);
  });
});

describe('An enumerator that fails', () => {
  const broken = (): never => {
    throw new Error('disk gone');
  };

  test('in start makes the start fail, with the operator named', async () => {
    source.onCreate = (enumerator) => {
      enumerator.onStart = broken;
    };
    await expect(coordinator().start()).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: 'disk gone',
      context: { operatorName: 'orders', operatorUid: 'orders-uid' },
    });
  });

  test.each([
    ['a reader event', (orders: SourceCoordinator) => orders.handleReaderEvent(0, { kind: 'request-split' })],
    [
      'asynchronous work',
      () => source.enumerator.context.callAsync(() => Promise.reject(new Error('disk gone')), broken),
    ],
    ['a timer', () => source.enumerator.context.after(0, broken)],
  ])('in %s fails the attempt once, and is called no more', async (_what, provoke) => {
    const orders = await started();
    source.enumerator.onRequest = broken;
    provoke(orders);
    await world.advance(1);
    orders.handleReaderEvent(1, { kind: 'request-split' });
    expect(failures.map(({ message, code }) => [message, code])).toEqual([['disk gone', 'INPUT_UNREADABLE']]);
    expect(source.enumerator.calls).not.toContain('request 1');
  });

  test('in a snapshot makes the snapshot fail, and is called no more', async () => {
    const orders = await started();
    source.enumerator.onSnapshot = broken;
    expect(() => orders.snapshot(CHK_1)).toThrow(
      expect.objectContaining({ code: 'INPUT_UNREADABLE', message: 'disk gone' }),
    );
    orders.handleReaderEvent(1, { kind: 'request-split' });
    expect(source.enumerator.calls).not.toContain('request 1');
    expect(failures).toEqual([]);
  });

  test('by assigning to a reader that is not there ends the job', async () => {
    const orders = await started([0]);
    source.enumerator.onRequest = () => assign(1, 'a');
    orders.handleReaderEvent(0, { kind: 'request-split' });
    expect(failures).toMatchObject([{ code: 'USER_FUNCTION_FAILED', recovery: 'fail-job' }]);
  });
});
