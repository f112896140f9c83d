import { describe, expect, it } from 'vitest';
import { FakeAttemptListener } from '../../../test/support/fake-attempt-listener.ts';
import { checkpointId, operatorId } from '../../base/ids.ts';
import { MillraceError, toErrorRecord } from '../../base/errors.ts';
import { SubtaskMetrics } from '../../base/metrics.ts';
import type { AttemptPlan } from '../../job/host.ts';
import { withoutEnd } from '../master-calls.ts';
import type { MasterMessage } from '../master-calls.ts';
import type { SlotThread, SlotThreadListener } from './slot-thread-handle.ts';
import type { FromSlotThread, ToSlotThread } from './thread-messages.ts';
import { operatorNamesOf, ThreadsAttempt } from './threads-attempt.ts';

const MAP = operatorId('00000000000000000000000000000001');
const SINK = operatorId('00000000000000000000000000000002');

const PLAN: AttemptPlan = {
  attemptNumber: 3,
  jobGraphHash: 'hash',
  runId: 'run',
  fencingEpoch: 1,
  restoredCheckpoint: undefined,
  subtasks: [
    { address: { vertexId: MAP, subtaskIndex: 0 }, restore: undefined },
    { address: { vertexId: MAP, subtaskIndex: 1 }, restore: undefined },
    { address: { vertexId: SINK, subtaskIndex: 0 }, restore: undefined },
  ],
};

class FakeThread implements SlotThread {
  readonly slotIndex: number;
  /** Kinds of the messages that it got. */
  readonly got: string[] = [];
  readonly messages: ToSlotThread[] = [];
  death: MillraceError | undefined;
  #listener: SlotThreadListener | undefined;

  constructor(slotIndex: number) {
    this.slotIndex = slotIndex;
  }

  get isAlive(): boolean {
    return this.death === undefined;
  }

  listen(listener: SlotThreadListener): void {
    this.#listener = listener;
    if (this.death !== undefined) listener.onDied(this.death);
  }

  send(message: ToSlotThread): void {
    if (!this.isAlive) return;
    this.got.push(message.kind);
    this.messages.push(message);
  }

  async end(error: MillraceError): Promise<void> {
    this.die(error);
  }

  die(error: MillraceError = new MillraceError('TASK_THREAD_DIED', `Slot ${this.slotIndex} died`)): void {
    if (!this.isAlive) return;
    this.death = error;
    this.#listener?.onDied(error);
  }

  says(message: FromSlotThread): void {
    this.#listener?.onMessage(message);
  }

  deployed(): void {
    this.says({ kind: 'deployed', attemptNumber: 3 });
  }
}

function attemptOn(threads: readonly FakeThread[], cancellationTimeoutMs: number = 60_000) {
  const listener = new FakeAttemptListener();
  let isDisposed = false;
  const attempt = new ThreadsAttempt({
    plan: PLAN,
    memory: { metrics: new SharedArrayBuffer(8), doorbells: new SharedArrayBuffer(8), rings: new Map() },
    threads,
    listener,
    master: withoutEnd(listener),
    metrics: () => new SubtaskMetrics(),
    cancellationTimeoutMs,
    onDisposed: () => {
      isDisposed = true;
    },
  });
  return { attempt, listener, isDisposed: () => isDisposed };
}

async function live(threads: readonly FakeThread[]) {
  const parts = attemptOn(threads);
  const deployed = parts.attempt.deploy();
  for (const thread of threads) thread.deployed();
  await deployed;
  return parts;
}

describe('ThreadsAttempt', () => {
  it('gives each slot its own subtasks and starts them when all have answered', async () => {
    const threads = [new FakeThread(0), new FakeThread(1)];
    const { attempt } = attemptOn(threads);
    const deployed = attempt.deploy();
    expect(threads.map(({ got }) => got)).toEqual([['deploy'], ['deploy']]);
    const plans = threads.map(({ messages: [first] }) => (first?.kind === 'deploy' ? first.plan.subtasks : []));
    expect(plans.map((subtasks) => subtasks.map(({ address }) => address.vertexId))).toEqual([[MAP, SINK], [MAP]]);
    threads[1]?.deployed();
    await Promise.resolve();
    expect(threads[1]?.got).toEqual(['deploy']);
    threads[0]?.deployed();
    await deployed;
    expect(threads.map(({ got }) => got)).toEqual([
      ['deploy', 'start'],
      ['deploy', 'start'],
    ]);
  });

  it('rejects with the first refusal, when all have answered, and starts nothing', async () => {
    const threads = [new FakeThread(0), new FakeThread(1)];
    const { attempt, listener } = attemptOn(threads);
    const deployed = attempt.deploy();
    const error = toErrorRecord(new MillraceError('JOB_DEFINITION_NOT_DETERMINISTIC', 'differs'));
    threads[1]?.says({ kind: 'deploy-failed', attemptNumber: 3, error });
    threads[0]?.deployed();
    await expect(deployed).rejects.toMatchObject({ code: 'JOB_DEFINITION_NOT_DETERMINISTIC', message: 'differs' });
    expect(threads[0]?.got).toEqual(['deploy']);
    expect(listener.heard).toEqual([]);
  });

  it.each([
    ['before it was given anything', (thread: FakeThread) => thread.die(), () => {}],
    ['before it has answered', () => {}, (thread: FakeThread) => thread.die()],
    [
      'after it has answered, while another one has not',
      () => {},
      (thread: FakeThread) => {
        thread.deployed();
        thread.die();
      },
    ],
  ])('rejects when a slot dies %s', async (_when, before, during) => {
    const threads = [new FakeThread(0), new FakeThread(1)] as const;
    before(threads[0]);
    const { attempt, listener } = attemptOn(threads);
    const deployed = attempt.deploy();
    during(threads[0]);
    threads[1].deployed();
    await expect(deployed).rejects.toMatchObject({ code: 'TASK_THREAD_DIED', message: 'Slot 0 died' });
    expect(threads[1].got).toEqual(['deploy']);
    // Whoever deploys has been told.
    expect(listener.heard).toEqual([]);
  });

  it('passes calls both ways, with the attempt named', async () => {
    const threads = [new FakeThread(0), new FakeThread(1)] as const;
    const { attempt, listener } = await live(threads);
    const address = { vertexId: MAP, subtaskIndex: 1 };
    attempt.slots[1]?.checkpointAborted(checkpointId(4));
    attempt.slots[1]?.sourceEvent(address, MAP, { kind: 'no-more-splits' });
    expect(threads[1].messages.slice(2)).toEqual([
      { kind: 'slot-call', attemptNumber: 3, message: { method: 'checkpointAborted', args: [4] } },
      {
        kind: 'slot-call',
        attemptNumber: 3,
        message: { method: 'sourceEvent', args: [address, MAP, { kind: 'no-more-splits' }] },
      },
    ]);
    const status: MasterMessage = { method: 'subtaskStatus', args: [address, 'running'] };
    threads[1].says({ kind: 'master-call', attemptNumber: 3, message: status });
    threads[1].says({ kind: 'master-call', attemptNumber: 2, message: status });
    expect(listener.heard).toEqual(['running']);
  });

  it('tells of a slot that dies or breaks while the attempt lives, and of nothing but logs afterwards', async () => {
    const threads = [new FakeThread(0), new FakeThread(1)] as const;
    const { attempt, listener } = await live(threads);
    threads[0].says({ kind: 'fatal', error: toErrorRecord(new Error('the loop broke')) });
    threads[1].die();
    expect(listener.heard).toEqual(['slot 0 died: the loop broke', 'slot 1 died: Slot 1 died']);
    const canceled = attempt.cancel();
    expect([threads[0].got.at(-1), threads[1].got.at(-1)]).toEqual(['cancel', 'start']);
    const address = { vertexId: MAP, subtaskIndex: 0 };
    threads[0].says({ kind: 'fatal', error: toErrorRecord(new Error('again')) });
    threads[0].says({
      kind: 'master-call',
      attemptNumber: 3,
      message: { method: 'subtaskStatus', args: [address, 'finished'] },
    });
    threads[0].says({
      kind: 'master-call',
      attemptNumber: 3,
      message: { method: 'log', args: ['info', 'closing', {}] },
    });
    threads[0].says({ kind: 'ended', attemptNumber: 3 });
    await canceled;
    expect(listener.heard.slice(2)).toEqual([]);
    expect(listener.logged).toEqual(['closing']);
  });

  it('waits for all slots when it is canceled, and for one that dies meanwhile no longer', async () => {
    const threads = [new FakeThread(0), new FakeThread(1)] as const;
    const { attempt, listener } = await live(threads);
    let isOver = false;
    const canceled = attempt.cancel().then(() => {
      isOver = true;
    });
    threads[0].says({ kind: 'ended', attemptNumber: 2 });
    threads[1].die();
    await Promise.resolve();
    expect(isOver).toBe(false);
    threads[0].says({ kind: 'ended', attemptNumber: 3 });
    await canceled;
    expect(listener.heard).toEqual([]);
    // The thread has another attempt before it.
    expect(threads[0].isAlive).toBe(true);
  });

  it('ends a thread that does not close its subtasks in time', async () => {
    const threads = [new FakeThread(0), new FakeThread(1)] as const;
    const { attempt, listener } = attemptOn(threads, 1);
    const deployed = attempt.deploy();
    for (const thread of threads) thread.deployed();
    await deployed;
    const canceled = attempt.cancel();
    threads[1].says({ kind: 'ended', attemptNumber: 3 });
    await canceled;
    expect(threads[0].death).toMatchObject({ code: 'TASK_STUCK' });
    expect(threads[1].isAlive).toBe(true);
    expect(listener.heard).toEqual([]);
  });

  it('frees what it has once', async () => {
    const { attempt, isDisposed } = await live([new FakeThread(0)]);
    attempt.dispose();
    expect(isDisposed()).toBe(true);
  });
});

describe('operatorNamesOf', () => {
  it('names the subtasks of a slot in the order in which it steps them', () => {
    const name = ({ vertexId }: { readonly vertexId: string }): string => (vertexId === MAP ? 'map' : 'sink');
    expect(operatorNamesOf(PLAN, 0, name)).toEqual(['map', 'sink']);
    expect(operatorNamesOf(PLAN, 1, name)).toEqual(['map']);
  });
});
