import { describe, expect, test } from 'vitest';
import { JobMasterFixture } from '../../test/support/job-master-fixture.ts';
import { TASK_THREAD_DIED } from '../../test/support/fake-host.ts';
import { MillraceError } from '../base/errors.ts';
import type { ErrorRecord } from '../base/errors.ts';
import { checkpointId } from '../base/ids.ts';

const PROMISE: ErrorRecord = {
  name: 'MillraceError',
  message: 'map returned a promise',
  code: 'PROMISE_NOT_ALLOWED',
  recovery: 'fail-job',
};

describe('A job that reads its input to the end', () => {
  test('finishes after a checkpoint that covers the end, and says so in the pointer log', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.attempt.report('end-of-data');
    await job.world.settle();
    expect(job.attempt.calls.filter((call) => call.startsWith('trigger'))).toHaveLength(4);
    job.attempt.acknowledge(checkpointId(1), job.attempt.subtasks, { isFinished: true });
    await job.world.settle();
    expect(job.storage.entries).toEqual(['chk-1']);
    job.attempt.report('finished');
    await expect(job.master.result).resolves.toMatchObject({
      outcome: 'FINISHED',
      completedCheckpoints: 1,
      restarts: 0,
    });
    expect(job.storage.entries).toEqual(['chk-1', 'finished']);
    expect(job.attempt.calls.slice(-3)).toEqual(['completed 1', 'cancel', 'dispose']);
    expect(job.source.enumerator.calls.at(-1)).toBe('close');
    expect(job.statuses).toEqual(['RUNNING', 'FINISHED']);
    expect(job.world.openTimers).toBe(0);
  });

  test('tells a subtask of a checkpoint whose barrier it may have missed', async () => {
    const job = new JobMasterFixture();
    await job.run();
    await job.nextTrigger();
    job.attempt.report('end-of-data', job.attempt.subtasksOf('count').slice(0, 1));
    expect(job.attempt.calls.at(-1)).toBe('trigger 1 count#0');
  });

  test('is restored as finished when it fails after the checkpoint that covers the end', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.attempt.report('end-of-data');
    await job.world.settle();
    job.attempt.acknowledge(checkpointId(1), job.attempt.subtasks, { isFinished: true });
    await job.world.settle();
    job.attempt.fail(TASK_THREAD_DIED);
    await job.world.advance(100);
    expect(job.attempt.plan.subtasks.map(({ restore }) => restore?.isFinished)).toEqual([true, true, true, true]);
    expect(job.source.enumerators).toHaveLength(1);
    job.attempt.report('finished');
    await expect(job.master.result).resolves.toMatchObject({ outcome: 'FINISHED', restarts: 1 });
    expect(job.storage.entries).toEqual(['chk-1', 'finished']);
  });

  test('is not held up by a subtask that finished while the next checkpoint was under way', async () => {
    const job = new JobMasterFixture();
    await job.run();
    const [first, ...others] = job.attempt.subtasks;
    if (first === undefined) throw new Error('No subtask');
    job.attempt.report('end-of-data', [first]);
    const id = await job.nextTrigger();
    job.attempt.acknowledge(checkpointId(id), [first], { isFinished: true });
    job.attempt.acknowledge(checkpointId(id), others);
    const next = await job.nextTrigger();
    job.attempt.acknowledge(checkpointId(next), others);
    job.attempt.report('finished', [first]);
    await job.world.settle();
    expect(job.storage.entries).toEqual(['chk-1', 'chk-2']);
  });

  test('starts again when its end cannot be recorded', async () => {
    const job = new JobMasterFixture();
    await job.run();
    await job.completeCheckpoint();
    job.storage.error = new MillraceError('CHECKPOINT_STORAGE_FAILED', 'disk full');
    job.attempt.report('finished');
    await job.world.advance(100);
    expect(job.attempt.plan).toMatchObject({ attemptNumber: 2, restoredCheckpoint: { checkpointId: 1 } });
    job.storage.error = undefined;
    await job.open();
    job.attempt.report('finished');
    await expect(job.master.result).resolves.toMatchObject({ outcome: 'FINISHED' });
  });

  test('needs no checkpoint where there are none', async () => {
    const job = new JobMasterFixture({ isCheckpointing: false });
    await job.run();
    job.attempt.report('finished');
    await expect(job.master.result).resolves.toMatchObject({ outcome: 'FINISHED', lastCheckpoint: undefined });
    expect(job.storage.entries).toEqual([]);
  });

  test('counts what sources emitted and sinks took', async () => {
    const job = new JobMasterFixture({ isCheckpointing: false });
    await job.run();
    const [orders] = job.attempt.subtasksOf('orders');
    const [count] = job.attempt.subtasksOf('count');
    if (orders === undefined || count === undefined) throw new Error('Subtasks are missing');
    job.attempt.metrics(orders).add('numRecordsIn', 5);
    job.attempt.metrics(count).add('numRecordsIn', 5);
    job.attempt.metrics(count).add('numRecordsSend', 3);
    job.attempt.metrics(count).set('currentInputWatermark', 40);
    const [, status] = job.master.status().vertices;
    expect(status).toMatchObject({ runningSubtasks: 2, metrics: { numRecordsIn: 5, currentInputWatermark: 0 } });
    job.attempt.report('finished');
    await expect(job.master.result).resolves.toMatchObject({ recordsIn: 5, recordsOut: 3 });
    expect(job.master.status().vertices[1]).toMatchObject({ finishedSubtasks: 2, metrics: { numRecordsIn: 5 } });
  });
});

describe('A failure', () => {
  test('restarts the job from the latest completed checkpoint, after the delay of the strategy', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.source.enumerator.state = { next: 42 };
    await job.completeCheckpoint();
    job.attempt.fail(TASK_THREAD_DIED);
    await job.world.advance(99);
    expect(job.host.attempts).toHaveLength(1);
    expect(job.status).toBe('RESTARTING');
    expect(job.master.status().nextAttemptAtMs).toBe(job.world.environment.clock.nowMs() + 1);
    await job.world.advance(1);
    expect(job.attempt.plan).toMatchObject({
      attemptNumber: 2,
      runId: 'run-1',
      restoredCheckpoint: { kind: 'checkpoint-completed', checkpointId: 1, fencingEpoch: 7 },
    });
    expect(job.attempt.plan.subtasks[0]?.restore).toMatchObject({ checkpointId: 1, isFinished: false });
    expect(job.source.enumerator.restored).toEqual({ next: 42 });
    expect(job.master.status()).toMatchObject({ status: 'RUNNING', restarts: 1, attemptNumber: 2 });
  });

  test('before any checkpoint starts the job anew', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.attempt.fail(TASK_THREAD_DIED);
    await job.world.advance(100);
    expect(job.attempt.plan.restoredCheckpoint).toBeUndefined();
    expect(job.attempt.plan.subtasks.every(({ restore }) => restore === undefined)).toBe(true);
    expect(job.source.enumerators).toHaveLength(2);
    expect(job.source.enumerator.restored).toBeUndefined();
  });

  test('gives up the checkpoint under way, and the next attempt takes new ones', async () => {
    const job = new JobMasterFixture();
    await job.run();
    await job.nextTrigger();
    const failed = job.attempt;
    failed.fail(TASK_THREAD_DIED);
    await job.world.advance(100);
    await job.open();
    failed.acknowledge(checkpointId(1));
    await job.completeCheckpoint();
    expect(job.storage.entries).toEqual(['chk-2']);
    expect(job.storage.discarded).toEqual([1]);
    expect(failed.calls.slice(-3)).toEqual(['aborted 1', 'cancel', 'dispose']);
  });

  test('while a checkpoint is being finalized waits for it, and restores it', async () => {
    const job = new JobMasterFixture();
    const gate = Promise.withResolvers<void>();
    job.storage.gate = gate.promise;
    await job.run();
    await job.completeCheckpoint();
    job.attempt.fail(TASK_THREAD_DIED);
    await job.world.advance(500);
    expect(job.host.attempts).toHaveLength(1);
    gate.resolve();
    await job.world.settle();
    expect(job.attempt.plan).toMatchObject({ attemptNumber: 2, restoredCheckpoint: { checkpointId: 1 } });
    expect(job.host.attempts[0]?.calls).not.toContain('completed 1');
  });

  test('that comes while the attempt is failing is counted once', async () => {
    const job = new JobMasterFixture({ restart: { kind: 'fixed-delay', attempts: 1, delayMs: 100 } });
    await job.run();
    job.attempt.fail(TASK_THREAD_DIED);
    job.attempt.listener.slotDied(1, TASK_THREAD_DIED);
    await job.world.advance(100);
    expect(job.host.attempts).toHaveLength(2);
    expect(job.events.filter(({ kind }) => kind === 'attempt-failed')).toHaveLength(1);
  });

  test('in a deployment counts like any other', async () => {
    const job = new JobMasterFixture();
    job.host.deployError = new Error('no thread');
    job.master.start();
    await job.world.settle();
    expect(job.events).toContainEqual({
      kind: 'attempt-failed',
      error: expect.objectContaining({ message: 'no thread' }),
      restartInMs: 100,
    });
    expect(job.source.enumerator.calls.at(-1)).toBe('close');
    job.host.deployError = undefined;
    await job.world.advance(100);
    expect(job.attempt.plan.attemptNumber).toBe(2);
  });

  test('of an enumerator fails the attempt before anything is deployed', async () => {
    const job = new JobMasterFixture();
    job.source.onCreate = (enumerator) => {
      enumerator.onStart = () => Promise.reject(new Error('no such folder'));
    };
    job.master.start();
    await job.world.settle();
    expect(job.host.attempts).toHaveLength(0);
    expect(job.status).toBe('RESTARTING');
  });

  test('in the snapshot of an enumerator is one failure of the attempt', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.source.enumerator.onSnapshot = () => {
      throw new Error('bad state');
    };
    await job.world.advance(1000);
    expect(job.host.attempts).toHaveLength(2);
    expect(job.world.logged.filter(({ message }) => message.includes('bad state'))).toHaveLength(1);
  });

  test('that no restart can mend ends the job', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.attempt.fail(PROMISE);
    await expect(job.master.result).rejects.toMatchObject({ code: 'PROMISE_NOT_ALLOWED' });
    expect(job.statuses).toEqual(['RUNNING', 'FAILING', 'FAILED']);
    expect(job.storage.entries).toEqual([]);
  });

  test('beyond what the strategy allows ends the job, with the cause', async () => {
    const job = new JobMasterFixture({ restart: { kind: 'fixed-delay', attempts: 1, delayMs: 0 } });
    await job.run();
    job.attempt.fail(TASK_THREAD_DIED);
    await job.world.settle();
    job.attempt.fail(TASK_THREAD_DIED);
    await expect(job.master.result).rejects.toMatchObject({
      code: 'RESTART_SUPPRESSED',
      cause: { code: 'TASK_THREAD_DIED' },
    });
  });

  test('ends a job that was never restarted with its own error, which names the job', async () => {
    const job = new JobMasterFixture({ restart: { kind: 'none' } });
    await job.run();
    job.attempt.fail(TASK_THREAD_DIED);
    const { jobName, jobId } = job.master.status();
    await expect(job.master.result).rejects.toMatchObject({ code: 'TASK_THREAD_DIED', context: { jobName, jobId } });
  });

  test('waits until the failed attempt is closed', async () => {
    const job = new JobMasterFixture();
    await job.run();
    const gate = Promise.withResolvers<void>();
    job.attempt.cancelGate = gate.promise;
    job.attempt.fail(TASK_THREAD_DIED);
    await job.world.advance(5000);
    expect(job.host.attempts).toHaveLength(1);
    gate.resolve();
    await job.world.settle();
    expect(job.host.attempts).toHaveLength(2);
  });
});

describe('Checkpointing', () => {
  test('starts when the last subtask has opened', async () => {
    const job = new JobMasterFixture();
    job.master.start();
    await job.world.settle();
    job.attempt.report('running', job.attempt.subtasks.slice(1));
    await job.world.advance(2000);
    expect(job.attempt.triggers).toEqual([]);
    job.attempt.report('running', job.attempt.subtasks.slice(0, 1));
    await job.world.advance(2000);
    expect(job.attempt.triggers.length).toBeGreaterThan(0);
  });

  test('releases splits to a reader when it has acknowledged', async () => {
    const job = new JobMasterFixture();
    await job.run();
    await job.nextTrigger();
    job.source.enumerator.context.assignSplits(1, [{ splitId: 'late', from: 0 }]);
    expect(job.attempt.calls.some((call) => call.startsWith('add-splits'))).toBe(false);
    job.attempt.acknowledge(checkpointId(1), job.attempt.subtasksOf('orders').slice(1));
    expect(job.attempt.calls.at(-1)).toBe('add-splits orders#1');
  });

  test('that fails too often fails the attempt', async () => {
    const job = new JobMasterFixture({ tolerableFailures: 0 });
    await job.run();
    await job.nextTrigger();
    const [subtask] = job.attempt.subtasks;
    if (subtask === undefined) throw new Error('No subtask');
    job.attempt.listener.declineCheckpoint(subtask, checkpointId(1), 'async-exception', {
      name: 'Error',
      message: 'disk full',
    });
    await job.world.settle();
    expect(job.events).toContainEqual({ kind: 'checkpoint-failed', checkpointId: 1, reason: 'async-exception' });
    expect(job.events).toContainEqual(
      expect.objectContaining({
        kind: 'attempt-failed',
        error: expect.objectContaining({ code: 'CHECKPOINT_FAILURES_EXCEEDED' }),
      }),
    );
  });

  test('ends the job when another process owns it', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.storage.isFenced = true;
    await job.completeCheckpoint();
    await expect(job.master.result).rejects.toMatchObject({ code: 'JOB_FENCED' });
    expect(job.attempt.calls).not.toContain('completed 1');
    expect(job.storage.discarded).toEqual([]);
  });

  test('of another process explain a failure at the start of an attempt', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.attempt.fail(TASK_THREAD_DIED);
    await job.world.advance(100);
    expect(job.host.attempts).toHaveLength(2);
    job.storage.isFenced = true;
    // What the checkpoint needs is gone: its new owner has moved on.
    job.attempt.fail({ ...PROMISE, code: 'OUTPUT_FAILED', message: 'a file is gone' });
    await expect(job.master.result).rejects.toMatchObject({ code: 'JOB_FENCED' });
  });

  test('can be asked for at any time', async () => {
    const job = new JobMasterFixture();
    await job.run();
    const requested = job.master.triggerCheckpoint();
    await job.world.settle();
    expect(job.master.status().checkpointInProgress).toBe(true);
    job.attempt.acknowledge(checkpointId(1));
    await expect(requested).resolves.toMatchObject({ checkpointId: 1, path: '/job/chk-1/_metadata', stateBytes: 80 });
    expect(job.master.status()).toMatchObject({ completedCheckpoints: 1, lastCheckpoint: { checkpointId: 1 } });
  });

  test('cannot be asked for where there is none, or none can be taken', async () => {
    const without = new JobMasterFixture({ isCheckpointing: false });
    await expect(without.master.triggerCheckpoint()).rejects.toMatchObject({ code: 'CHECKPOINT_FAILED' });
    const created = new JobMasterFixture();
    await expect(created.master.triggerCheckpoint()).rejects.toMatchObject({ code: 'CHECKPOINT_FAILED' });
  });
});

describe('Suspending', () => {
  test('lets a checkpoint that is under way complete, and deletes nothing', async () => {
    const job = new JobMasterFixture();
    await job.run();
    await job.nextTrigger();
    const result = job.master.suspend();
    await job.world.advance(1000);
    expect(job.attempt.calls).not.toContain('cancel');
    job.attempt.acknowledge(checkpointId(1));
    await expect(result).resolves.toMatchObject({ outcome: 'SUSPENDED', completedCheckpoints: 1 });
    expect(job.storage.entries).toEqual(['chk-1']);
    expect(job.attempt.calls.slice(-3)).toEqual(['completed 1', 'cancel', 'dispose']);
  });

  test('gives a checkpoint two seconds and no more', async () => {
    const job = new JobMasterFixture();
    await job.run();
    await job.nextTrigger();
    const result = job.master.suspend();
    await job.world.advance(1999);
    expect(job.attempt.calls).not.toContain('cancel');
    await job.world.advance(1);
    await expect(result).resolves.toMatchObject({ outcome: 'SUSPENDED', completedCheckpoints: 0 });
    expect(job.attempt.triggers.every((trigger) => trigger.checkpointId === 1)).toBe(true);
  });

  test('is overtaken by the end of the job', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.attempt.report('end-of-data');
    await job.world.settle();
    const result = job.master.suspend();
    job.attempt.acknowledge(checkpointId(1), job.attempt.subtasks, { isFinished: true });
    job.attempt.report('finished');
    await expect(result).resolves.toMatchObject({ outcome: 'FINISHED' });
  });

  test('while waiting for a restart ends at once', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.attempt.fail(TASK_THREAD_DIED);
    await job.world.advance(50);
    await expect(job.master.suspend()).resolves.toMatchObject({ outcome: 'SUSPENDED' });
    expect(job.world.openTimers).toBe(0);
  });
});

describe('Canceling', () => {
  test('ends the attempt and says so in the pointer log', async () => {
    const job = new JobMasterFixture();
    await job.run();
    await expect(job.master.cancel()).resolves.toMatchObject({ outcome: 'CANCELED' });
    expect(job.storage.entries).toEqual(['canceled']);
    expect(job.statuses).toEqual(['RUNNING', 'CANCELLING', 'CANCELED']);
  });

  test('ends a deployment that is under way', async () => {
    const job = new JobMasterFixture();
    const gate = Promise.withResolvers<void>();
    job.host.deployGate = gate.promise;
    job.master.start();
    await job.world.settle();
    const result = job.master.cancel();
    gate.resolve();
    await expect(result).resolves.toMatchObject({ outcome: 'CANCELED' });
    expect(job.attempt.calls).toEqual(['cancel', 'dispose']);
  });

  test('fails when the pointer log cannot be written', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.storage.error = new Error('disk gone');
    await expect(job.master.cancel()).rejects.toThrow('disk gone');
    expect(job.status).toBe('FAILED');
  });
});

describe('The job master', () => {
  test('hands rows and log lines of slots on', async () => {
    const job = new JobMasterFixture();
    await job.run();
    const [subtask] = job.attempt.subtasks;
    if (subtask === undefined) throw new Error('No subtask');
    job.attempt.listener.collected(subtask.vertexId, 'batch-1', new Uint8Array(1));
    job.attempt.listener.log('info', 'hello', { slot: 1 });
    expect(job.collected).toEqual(['batch-1']);
    expect(job.world.logged).toContainEqual({ level: 'info', message: 'hello', fields: { slot: 1 } });
  });

  test('ends the job by an error of its own when a message contradicts what it knows', async () => {
    const job = new JobMasterFixture();
    await job.run();
    job.attempt.report('running');
    await expect(job.master.result).rejects.toMatchObject({ code: 'INVARIANT_VIOLATED' });
    expect(job.attempt.calls).toContain('cancel');
  });

  test('restores what the run was started from', async () => {
    const first = new JobMasterFixture();
    await first.run();
    await first.completeCheckpoint();
    const restored = [...first.storage.metadata.values()].at(-1);
    if (restored === undefined) throw new Error('No checkpoint');
    const job = new JobMasterFixture({ restored });
    await job.run();
    expect(job.attempt.plan.restoredCheckpoint).toMatchObject({ checkpointId: 1 });
    await job.completeCheckpoint();
    expect(job.storage.entries).toEqual(['chk-2']);
  });
});
