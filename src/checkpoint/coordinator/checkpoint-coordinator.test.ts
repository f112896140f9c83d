import { describe, expect, it } from 'vitest';
import { CheckpointDirectory, JOB_DIRECTORY, sharedFile } from '../../../test/support/checkpoint-directory.ts';
import { chain, COUNT_ID, operatorMetadata, SOURCE_ID } from '../../../test/support/checkpoint-fixture.ts';
import type { MemoryEnvironment, SimFileOperation } from '../../../test/support/memory-environment.ts';
import { SimFiles } from '../../../test/support/memory-environment.ts';
import type { CheckpointCompleted } from '../../base/commit-permit.ts';
import { MillraceError } from '../../base/errors.ts';
import { checkpointId } from '../../base/ids.ts';
import type { SubtaskAddress } from '../../base/ids.ts';
import type { MutantName } from '../../base/mutants.ts';
import type { SubtaskSnapshot } from '../../base/state-handle.ts';
import type { OpenedJob, OpenJobOptions } from '../storage/job-directory.ts';
import { CheckpointCoordinator } from './checkpoint-coordinator.ts';
import type { CheckpointCoordinatorOptions } from './coordinator-options.ts';
import type { SubtaskView } from './coordinator-state.ts';

const SOURCE: SubtaskAddress = { vertexId: SOURCE_ID, subtaskIndex: 0 };
const COUNT: SubtaskAddress = { vertexId: COUNT_ID, subtaskIndex: 0 };

const SUBTASKS: readonly SubtaskView[] = [
  { address: SOURCE, isSource: true, status: 'running' },
  { address: COUNT, isSource: false, status: 'running' },
];

interface Fault {
  readonly operation: SimFileOperation;
  readonly path: RegExp;
}

/** A job of one source and one counter, played by the test; what the coordinator says to it is noted in order. */
class Job {
  readonly said: string[] = [];
  readonly failures: MillraceError[] = [];
  readonly faults: Fault[] = [];
  readonly directory: CheckpointDirectory;
  readonly coordinator: CheckpointCoordinator;
  readonly environment: MemoryEnvironment;
  readonly opened: OpenedJob;
  /** Set: enumerators answer only with it. */
  enumeratorGate: Promise<void> = Promise.resolve();

  private constructor(
    directory: CheckpointDirectory,
    environment: MemoryEnvironment,
    opened: OpenedJob,
    options: Partial<CheckpointCoordinatorOptions>,
  ) {
    this.directory = directory;
    this.environment = environment;
    this.opened = opened;
    this.coordinator = new CheckpointCoordinator({
      environment,
      storage: opened.storage,
      targets: {
        trigger: (subtask, trigger) =>
          this.#note(`trigger ${trigger.checkpointId} ${subtask === SOURCE ? 'source' : 'count'} ${trigger.stateMode}`),
        completed: (completed: CheckpointCompleted) => this.#note(`completed ${completed.checkpointId}`),
        aborted: (id, reason) => this.#note(`aborted ${id} ${reason}`),
      },
      enumerators: {
        snapshot: async (id) => {
          this.#note(`enumerators ${id}`);
          await this.enumeratorGate;
          return [{ operatorId: SOURCE_ID, state: Uint8Array.of(id) }];
        },
      },
      job: {
        jobId: opened.jobId,
        jobName: 'flights',
        runId: opened.runId,
        millraceVersion: '0.1.0',
        operators: [
          {
            ...operatorMetadata({ operatorId: SOURCE_ID, vertexId: SOURCE_ID, keys: [] }),
            source: { kind: 'files', identity: ['/in'], splitVersion: 1 },
          },
          { ...operatorMetadata(), source: undefined },
        ],
      },
      settings: {
        intervalMs: 1000,
        minPauseMs: 0,
        timeoutMs: 10_000,
        maxConcurrent: 1,
        tolerableFailures: 0,
        numRetained: 1,
      },
      alignment: 'exactly-once-aligned',
      stateMode: 'incremental',
      isFirstFull: opened.restored?.isForeign ?? false,
      nextCheckpointId: opened.nextCheckpointId,
      retention: opened.retention,
      restored: opened.restored?.metadata,
      onFailure: (error) => void this.failures.push(error as MillraceError),
      ...options,
    });
  }

  static async start(
    options: Partial<CheckpointCoordinatorOptions> = {},
    open: Partial<OpenJobOptions> = {},
    former?: CheckpointDirectory,
  ): Promise<Job> {
    const faults: Fault[] = [];
    const files = new SimFiles({
      fault: (operation, path) =>
        faults.some((fault) => fault.operation === operation && fault.path.test(path))
          ? Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
          : undefined,
    });
    const directory = former ?? new CheckpointDirectory(files);
    const environment = directory.environment();
    const job = new Job(directory, environment, await directory.open({ environment, ...open }), options);
    Object.assign(job, { faults });
    job.coordinator.start(SUBTASKS);
    return job;
  }

  /** Files answer within microtasks; a turn of the event loop is more than enough. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async advance(byMs: number): Promise<void> {
    this.environment.advance(byMs);
    await this.settle();
  }

  snapshot(files: readonly string[] = []): SubtaskSnapshot {
    const keyed = files.length === 0 ? [] : [chain(0, ...files)];
    const part = { keyed, states: [], lists: [], watermarkMs: 5 };
    return {
      operators: [SOURCE_ID, COUNT_ID].map((operatorId) => ({ ...part, operatorId })),
      isFinished: false,
      statistics: { alignmentMs: 2, syncMs: 1, asyncMs: 3, startDelayMs: 1, writtenBytes: 100, stateBytes: 200 },
    };
  }

  /** Both subtasks hand their parts in; the counter has written a data file and refers to `files` besides. */
  async acknowledge(n: number, ...files: string[]): Promise<void> {
    const own = sharedFile(n, this.opened.fencingEpoch);
    await this.directory.writeData(own);
    this.coordinator.acknowledge(SOURCE, checkpointId(n), this.snapshot());
    this.coordinator.acknowledge(COUNT, checkpointId(n), this.snapshot([...files, own]));
    await this.settle();
  }

  async complete(n: number, ...files: string[]): Promise<void> {
    await this.advance(1000);
    await this.acknowledge(n, ...files);
    expect(this.said.at(-1)).toBe(`completed ${n}`);
  }

  #note(what: string): void {
    this.said.push(what);
  }
}

describe('a checkpoint', () => {
  it('goes through enumerators, sources, metadata and pointer entry before anybody hears that it is complete', async () => {
    const job = await Job.start();
    await job.advance(500);
    expect(job.said).toEqual(['enumerators 1', 'trigger 1 source incremental']);
    const steps: string[] = [];
    job.directory.files.link = async (from, to) => {
      steps.push(
        `metadata ${String((await job.directory.tree()).includes('chk-1/_metadata'))}, said ${job.said.length}`,
      );
      await SimFiles.prototype.link.call(job.directory.files, from, to);
    };
    await job.acknowledge(1);
    expect(steps).toEqual(['metadata true, said 2']);
    expect(job.said.slice(2)).toEqual(['completed 1']);
    expect(job.coordinator.latestCompleted).toMatchObject({
      checkpointId: 1,
      triggeredAtMs: 1_000_500,
      operators: [
        { name: 'count', source: { enumeratorState: Uint8Array.of(1) }, subtasks: [{ watermarkMs: 5 }] },
        { name: 'count', subtasks: [{ keyed: [{ keyGroup: 0 }] }] },
      ],
    });
  });

  it('holds the state of subtasks that had finished as finished, and empty', async () => {
    const job = await Job.start();
    job.coordinator.subtaskStatus(SOURCE, 'end-of-data');
    job.coordinator.subtaskStatus(SOURCE, 'finished');
    await job.advance(500);
    job.coordinator.subtaskStatus(COUNT, 'end-of-data');
    job.coordinator.acknowledge(COUNT, checkpointId(1), { ...job.snapshot(), isFinished: true });
    await job.settle();
    expect(job.said).toEqual(['enumerators 1', 'trigger 1 count incremental', 'completed 1']);
    const subtasks = job.coordinator.latestCompleted?.operators.map((operator) => operator.subtasks);
    expect(subtasks?.[0]).toEqual([{ isFinished: true, watermarkMs: undefined, keyed: [], lists: [] }]);
    expect(subtasks?.[1]).toMatchObject([{ isFinished: true }]);
  });

  it('is answered to whoever asked for it', async () => {
    const job = await Job.start();
    const [one, two] = [job.coordinator.triggerNow(), job.coordinator.triggerNow()];
    await job.settle();
    await job.acknowledge(1);
    await job.acknowledge(2);
    expect(await one).toEqual({ kind: 'completed', checkpointId: 1 });
    expect(await two).toEqual({ kind: 'completed', checkpointId: 2 });
  });

  it('is recorded with what it took', async () => {
    const job = await Job.start();
    await job.advance(500);
    await job.advance(40);
    await job.acknowledge(1);
    const record = job.coordinator.statistics.latestCompleted;
    expect(record).toMatchObject({
      checkpointId: 1,
      durationMs: 40,
      stateBytes: 400,
      acknowledgedSubtasks: 2,
      alignmentMs: 2,
      path: `${JOB_DIRECTORY}/chk-1/_metadata`,
    });
    expect(record?.checkpointedBytes).toBeGreaterThan(200);
    expect(job.coordinator.statistics.counts).toEqual({ completed: 1, failed: 0, inProgress: 0 });
  });

  it('of a restored foreign one is full until one has completed', async () => {
    const former = await Job.start();
    await former.complete(1);
    const directory = former.directory;
    const job = await Job.start(
      { isFirstFull: true },
      { restoreFrom: `${JOB_DIRECTORY}/chk-1`, takeover: true },
      directory,
    );
    await job.advance(1000);
    expect(job.said).toContain('trigger 2 source full');
    await job.acknowledge(2);
    await job.advance(1000);
    expect(job.said).toContain('trigger 3 source incremental');
  });
});

describe('retention', () => {
  it('keeps what is referred to, one checkpoint longer than it must, and no more', async () => {
    const job = await Job.start();
    await job.complete(1);
    await job.complete(2, sharedFile(1, 1));
    await job.complete(3);
    expect(await job.directory.tree()).toEqual([
      'chk-3/',
      'chk-3/_metadata',
      'shared/',
      sharedFile(1, 1),
      sharedFile(2, 1),
      sharedFile(3, 1),
    ]);
    await job.complete(4);
    expect(await job.directory.tree()).toEqual([
      'chk-4/',
      'chk-4/_metadata',
      'shared/',
      sharedFile(3, 1),
      sharedFile(4, 1),
    ]);
    expect(await job.directory.pointers()).toEqual(['00000000000000000001', '00000000000000000005']);
  });

  it('refuses a checkpoint that builds on files that may be gone', async () => {
    const job = await Job.start({}, {});
    await job.complete(1);
    await job.advance(1000);
    await job.acknowledge(2, sharedFile(77, 1));
    expect(job.said.at(-1)).toBe('aborted 2 finalize-failure');
    expect(job.failures[0]).toMatchObject({ code: 'CHECKPOINT_FAILURES_EXCEEDED' });
    expect(String(job.failures[0]?.cause)).toContain(sharedFile(77, 1));
  });

  it('lets a failed deletion be', async () => {
    const job = await Job.start();
    await job.complete(1);
    job.faults.push({ operation: 'remove', path: /chk-1/ });
    await job.complete(2);
    await job.complete(3);
    expect(job.failures).toEqual([]);
    expect(job.environment.logged).toContain('Deleting checkpoint files failed');
  });
});

describe('a checkpoint that fails', () => {
  it('is told to the subtasks, leaves no file, and does not fail the job when it is tolerated', async () => {
    const job = await Job.start({
      settings: {
        intervalMs: 1000,
        minPauseMs: 0,
        timeoutMs: 10_000,
        maxConcurrent: 1,
        tolerableFailures: 1,
        numRetained: 1,
      },
    });
    await job.complete(1);
    await job.advance(1000);
    await job.directory.writeData(sharedFile(2, 1));
    job.coordinator.decline(COUNT, checkpointId(2), 'async-exception', { name: 'Error', message: 'disk full' });
    await job.settle();
    expect(job.said.at(-1)).toBe('aborted 2 async-exception');
    expect(await job.directory.tree()).toEqual(['chk-1/', 'chk-1/_metadata', 'shared/', sharedFile(1, 1)]);
    expect(job.failures).toEqual([]);
    await job.complete(3, sharedFile(1, 1));
  });

  it('fails the job with its cause when there was one too many', async () => {
    const job = await Job.start();
    await job.advance(500);
    job.coordinator.decline(COUNT, checkpointId(1), 'async-exception', { name: 'Error', message: 'disk full' });
    await job.settle();
    expect(job.failures).toMatchObject([
      { code: 'CHECKPOINT_FAILURES_EXCEEDED', message: expect.stringContaining('async-exception') },
    ]);
    expect(String(job.failures[0]?.cause)).toContain('disk full');
  });

  it.each([
    ['its place', 'makeDirectory', /chk-/],
    ['its metadata', 'open', /_metadata/],
    ['the name of its metadata', 'rename', /_metadata/],
    ['its pointer entry', 'open', /pointers/],
  ] as const)(
    'because %s cannot be written is told, and leaves the one before in force',
    async (_what, operation, path) => {
      const events: string[] = [];
      const job = await Job.start({
        onEvent: ({ kind, record }) => void events.push(`${kind} ${record.checkpointId}`),
        settings: {
          intervalMs: 1000,
          minPauseMs: 0,
          timeoutMs: 10_000,
          maxConcurrent: 1,
          tolerableFailures: 9,
          numRetained: 1,
        },
      });
      await job.complete(1);
      job.faults.push({ operation, path });
      await job.advance(1000);
      await job.acknowledge(2);
      expect(job.said).not.toContain('completed 2');
      expect(events).toEqual(['completed 1', 'aborted 2']);
      expect(job.coordinator.statistics.counts).toEqual({ completed: 1, failed: 1, inProgress: 0 });
      expect(job.coordinator.latestCompleted?.checkpointId).toBe(1);
      job.faults.length = 0;
      await job.advance(1000);
      await job.acknowledge(3);
      expect(job.said.at(-1)).toBe('completed 3');
      expect((await job.directory.crashAndOpen()).restored?.metadata.checkpointId).toBe(3);
    },
  );

  it('because an enumerator fails is the failure of the job', async () => {
    const job = await Job.start();
    job.enumeratorGate = Promise.reject(new MillraceError('INPUT_UNREADABLE', 'gone'));
    await job.advance(500);
    expect(job.said).toEqual(['enumerators 1', 'aborted 1 trigger-failure']);
    expect(job.failures).toMatchObject([{ code: 'INPUT_UNREADABLE' }]);
  });
});

describe('a process that has lost the job', () => {
  it('commits nothing, deletes nothing and says so', async () => {
    const job = await Job.start();
    await job.complete(1);
    await job.advance(1000);
    const next = await job.directory.open({ takeover: true });
    const before = await job.directory.tree();
    await job.acknowledge(2);
    expect(job.said).not.toContain('completed 2');
    expect(job.failures).toMatchObject([{ code: 'JOB_FENCED', recovery: 'fail-process' }]);
    expect(await job.directory.tree()).toEqual(expect.arrayContaining(before));
    await job.advance(5000);
    await job.coordinator.close();
    expect(next.restored?.metadata.checkpointId).toBe(1);
  });

  it.each([
    ['a decline', (job: Job) => job.coordinator.decline(COUNT, checkpointId(2), 'async-exception')],
    ['its time', (job: Job) => job.environment.advance(10_000)],
  ])('notices it at %s too', async (_what, fail) => {
    const job = await Job.start();
    await job.complete(1);
    await job.advance(1000);
    await job.directory.open({ takeover: true });
    fail(job);
    await job.settle();
    expect(job.failures).toMatchObject([{ code: 'JOB_FENCED' }]);
  });

  it('notices it at a failover, before it restores what may be gone', async () => {
    const job = await Job.start();
    await job.complete(1);
    await job.directory.open({ takeover: true });
    await job.coordinator.stop('failover');
    expect(job.failures).toMatchObject([{ code: 'JOB_FENCED' }]);
  });

  it('notices it when there is no place for the next checkpoint', async () => {
    const job = await Job.start();
    await job.directory.open({ takeover: true });
    job.faults.push({ operation: 'makeDirectory', path: /chk-/ });
    await job.advance(1000);
    expect(job.failures).toMatchObject([{ code: 'JOB_FENCED' }]);
  });

  it('ends when it cannot know whether a pointer entry stands', async () => {
    const job = await Job.start();
    await job.advance(500);
    job.faults.push({ operation: 'syncDirectory', path: /pointers/ });
    await job.acknowledge(1);
    expect(job.failures).toMatchObject([{ code: 'CHECKPOINT_STORAGE_FAILED', recovery: 'fail-process' }]);
    expect(job.said).not.toContain('completed 1');
    expect(await job.directory.tree()).toContain('chk-1/_metadata');
  });
});

describe('stopping', () => {
  it('waits for a checkpoint that is being finalized: it may be the one to restore', async () => {
    const job = await Job.start();
    await job.advance(500);
    await job.directory.writeData(sharedFile(1, 1));
    job.coordinator.acknowledge(SOURCE, checkpointId(1), job.snapshot());
    job.coordinator.acknowledge(COUNT, checkpointId(1), job.snapshot([sharedFile(1, 1)]));
    await job.coordinator.stop('failover');
    expect(job.said.at(-1)).toBe('completed 1');
    expect(job.coordinator.latestCompleted?.checkpointId).toBe(1);
    job.coordinator.start(SUBTASKS);
    await job.advance(500);
    expect(job.said.at(-1)).toBe('trigger 2 source incremental');
  });

  it('gives up the others, and what comes late changes nothing', async () => {
    const job = await Job.start();
    await job.advance(500);
    await job.coordinator.stop('failover');
    expect(job.said.at(-1)).toBe('aborted 1 failover');
    await job.acknowledge(1);
    job.coordinator.decline(COUNT, checkpointId(1), 'task-closing');
    await job.advance(9000);
    expect(job.said.at(-1)).toBe('aborted 1 failover');
  });

  it('by suspension waits for the running one, and begins none', async () => {
    const job = await Job.start();
    await job.advance(500);
    let isSuspended = false;
    void job.coordinator.suspend().then(() => (isSuspended = true));
    await job.advance(1500);
    expect(isSuspended).toBe(false);
    await job.acknowledge(1);
    expect(isSuspended).toBe(true);
    expect(job.said.at(-1)).toBe('completed 1');
    expect(await job.coordinator.triggerNow()).toEqual({ kind: 'failed', reason: 'coordinator-shutdown' });
  });

  it('leaves no timer and no work behind', async () => {
    const job = await Job.start();
    await job.complete(1);
    await job.coordinator.close();
    const before = job.said.length;
    await job.advance(60_000);
    expect(job.said).toHaveLength(before);
  });
});

describe('the faults that the simulator can switch on', () => {
  async function broken(name: MutantName, open: Partial<OpenJobOptions> = {}): Promise<Job> {
    const mutants = { active: new Set([name]) };
    const job = await Job.start({ mutants }, { mutants, ...open });
    return job;
  }

  it('early-commit: sinks commit what is not durable', async () => {
    const job = await broken('early-commit');
    await job.advance(500);
    job.faults.push({ operation: 'open', path: /_metadata/ });
    await job.acknowledge(1);
    expect(job.said).toContain('completed 1');
    expect(job.coordinator.latestCompleted).toBeUndefined();
  });

  it('pointer-before-metadata: an entry points at nothing', async () => {
    const job = await broken('pointer-before-metadata');
    await job.advance(500);
    job.faults.push({ operation: 'open', path: /_metadata/ });
    await job.acknowledge(1);
    await expect(job.directory.crashAndOpen()).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
  });

  it('stale-epoch-accepted: a process that was taken over commits', async () => {
    const job = await broken('stale-epoch-accepted');
    await job.directory.open({ takeover: true });
    await job.advance(500);
    await job.acknowledge(1);
    expect(job.said).toContain('completed 1');
  });
});
