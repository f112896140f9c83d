/** Each host alone: what it does with a plan, seen by a test that plays the job master and its enumerator. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ErrorRecord } from '../../src/base/errors.ts';
import { must } from '../../src/base/assert.ts';
import type { CheckpointCompleted } from '../../src/base/commit-permit.ts';
import { checkpointId, jobId, subtaskKey } from '../../src/base/ids.ts';
import type { SubtaskAddress } from '../../src/base/ids.ts';
import type { SubtaskRestore } from '../../src/base/state-handle.ts';
import { decodeValue } from '../../src/codec/encode-value.ts';
import type { ExecutionGraph } from '../../src/graph/execution-graph.ts';
import { InlineHost } from '../../src/host/inline/inline-host.ts';
import { evaluateJob } from '../../src/host/job-evaluation.ts';
import { nodeEnvironment } from '../../src/host/node/node-environment.ts';
import { ThreadsHost } from '../../src/host/threads/threads-host.ts';
import type { Attempt, AttemptListener, AttemptPlan } from '../../src/job/host.ts';
import type { HostWithEnd } from '../../src/launch/start-job-options.ts';
import { eventually } from '../support/eventually.ts';
import { FakeMaster } from '../support/fake-master.ts';
import { HOSTS, scratchFolder } from '../support/run-job.ts';
import type { HostKind } from '../support/run-job.ts';
import { DEFAULT_CONFIGURATION } from '../support/subtask-fixture.ts';
import hosted, { KEYS, SLOTS } from './hosts-job.ts';

const JOB_ID = jobId('0123456789abcdef0123456789abcdef');
const FIRST: CheckpointCompleted = {
  kind: 'checkpoint-completed',
  checkpointId: checkpointId(1),
  fencingEpoch: 1,
};

/** A host and its job, played by a test: one attempt after the other. */
class PlayedJob {
  readonly graph: ExecutionGraph;
  readonly host: HostWithEnd;
  readonly #evaluation: ConstructorParameters<typeof InlineHost>[0]['evaluation'];
  #attempts = 0;

  constructor(kind: HostKind, parameters: Readonly<Record<string, string>>, isCheckpointed: boolean) {
    this.#evaluation = {
      parameters: new Map(Object.entries(parameters)),
      parallelism: SLOTS,
      maxParallelism: undefined,
      adoptedMaxParallelism: new Map(),
    };
    this.graph = evaluateJob(hosted, this.#evaluation, undefined);
    this.host = this.#makeHost(kind, isCheckpointed);
    hosts.push(this.host);
  }

  async deploy(restores: ReadonlyMap<string, SubtaskRestore> = new Map()): Promise<PlayedAttempt> {
    this.#attempts++;
    const plan: AttemptPlan = {
      attemptNumber: this.#attempts,
      jobGraphHash: this.graph.jobGraph.hash,
      runId: 'run',
      fencingEpoch: 1,
      restoredCheckpoint: restores.size === 0 ? undefined : FIRST,
      subtasks: this.graph.subtasks.map((address) => ({ address, restore: restores.get(subtaskKey(address)) })),
    };
    const played = new PlayedAttempt(this.graph, this.#evaluation.parameters.has('stays-open'), restores.size > 0);
    played.attempt = await this.host.deploy(plan, played);
    return played;
  }

  #makeHost(kind: HostKind, isCheckpointingEnabled: boolean): HostWithEnd {
    const jobDirectory = scratchFolder();
    mkdirSync(join(jobDirectory, 'chk-1'));
    const environment = nodeEnvironment();
    const storage = { jobDirectory, isIncremental: false };
    const configuration = {
      ...DEFAULT_CONFIGURATION,
      isCheckpointingEnabled,
      // Nothing but work wakes a slot.
      autoWatermarkIntervalMs: 3_600_000,
      openTimeoutMs: 30_000,
    };
    const evaluation = this.#evaluation;
    if (kind === 'inline') {
      return new InlineHost({
        definition: hosted,
        evaluation,
        environment,
        configuration,
        jobId: JOB_ID,
        slotCount: SLOTS,
        storage,
        storageEnvironment: environment,
      });
    }
    return new ThreadsHost({
      graph: this.graph,
      slotCount: SLOTS,
      thread: {
        moduleUrl: new URL('./hosts-job.ts', import.meta.url).href,
        evaluation,
        configuration,
        jobId: JOB_ID,
        storage,
      },
      slotMemoryBytes: 512 * 1024 * 1024,
      stuckWarningMs: 30_000,
      stuckTimeoutMs: 30_000,
      cancellationTimeoutMs: 30_000,
      logger: environment.logger,
    });
  }
}

/** Answers requests for splits as the enumerator would: split i to subtask i. */
class PlayedAttempt extends FakeMaster implements AttemptListener {
  readonly rows: unknown[] = [];
  readonly deaths: ErrorRecord[] = [];
  readonly #graph: ExecutionGraph;
  readonly #staysOpen: boolean;
  readonly #isRestored: boolean;
  #attempt: Attempt | undefined;

  constructor(graph: ExecutionGraph, staysOpen: boolean, isRestored: boolean) {
    super();
    this.#graph = graph;
    this.#staysOpen = staysOpen;
    this.#isRestored = isRestored;
  }

  get attempt(): Attempt {
    return must(this.#attempt, 'deployed attempt');
  }

  set attempt(attempt: Attempt) {
    this.#attempt = attempt;
  }

  slotDied(_slotIndex: number, error: ErrorRecord): void {
    this.deaths.push(error);
  }

  override collected(_sinkId: string, batchId: string, rows: Uint8Array): void {
    const decoded = decodeValue(nodeEnvironment().strings, rows);
    this.rows.push(...(Array.isArray(decoded) ? decoded : []));
    super.collected(_sinkId, batchId, rows);
  }

  override readerEvent(subtask: SubtaskAddress, source: string, event: { readonly kind: string }): void {
    super.readerEvent(subtask, source, event);
    if (event.kind !== 'request-split') return;
    if (!this.#isRestored) this.assign(subtask.subtaskIndex, `split-${subtask.subtaskIndex}`);
    if (!this.#staysOpen) this.attempt.slots[subtask.subtaskIndex]?.sourceEvent(subtask, SOURCE(this.#graph), NO_MORE);
  }

  assign(subtaskIndex: number, splitId: string): void {
    const vertexId = SOURCE(this.#graph);
    const splits = [{ splitId, position: 0 }];
    this.attempt.slots[subtaskIndex]?.sourceEvent({ vertexId, subtaskIndex }, vertexId, { kind: 'add-splits', splits });
  }

  trigger(): void {
    const vertexId = SOURCE(this.#graph);
    for (const [subtaskIndex, slot] of this.attempt.slots.entries()) {
      slot.triggerCheckpoint(
        { vertexId, subtaskIndex },
        { checkpointId: FIRST.checkpointId, timestampMs: 0, alignment: 'exactly-once-aligned', stateMode: 'full' },
      );
    }
  }

  complete(): void {
    for (const slot of this.attempt.slots) slot.checkpointCompleted(FIRST);
  }

  /** From the acknowledgements of the first checkpoint. */
  restores(): ReadonlyMap<string, SubtaskRestore> {
    return new Map(
      this.acknowledgements.map(({ subtask, snapshot: { operators } }) => [
        subtask,
        { checkpointId: FIRST.checkpointId, isFinished: false, operators },
      ]),
    );
  }

  count(line: string): number {
    return this.heard.filter((heard) => heard === line).length;
  }

  recordsIn(subtaskIndex: number): number {
    return this.#metrics(subtaskIndex).get('numRecordsIn');
  }

  /** Grows with each step that finds nothing to do. */
  idleMs(subtaskIndex: number): number {
    return this.#metrics(subtaskIndex).get('accumulateIdleTimeMs');
  }

  #metrics(subtaskIndex: number): ReturnType<Attempt['metrics']> {
    return this.attempt.metrics({ vertexId: SOURCE(this.#graph), subtaskIndex });
  }
}

const NO_MORE = { kind: 'no-more-splits' } as const;
const SOURCE = ({ jobGraph }: ExecutionGraph) => must(jobGraph.vertices[0], 'source vertex').id;

const hosts: HostWithEnd[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

/** Each key counts from 1 to its number of records, in order. */
function expectCountsUpTo(rows: readonly unknown[], recordsPerSlot: number): void {
  const counts = rows as readonly { readonly key: number; readonly count: number }[];
  for (let key = 0; key < KEYS; key++) {
    const perKey = (recordsPerSlot * SLOTS) / KEYS;
    const expected = Array.from({ length: perKey }, (_, index) => index + 1);
    expect(counts.filter((row) => row.key === key).map(({ count }) => count)).toEqual(expected);
  }
}

const SUBTASKS = 2 * SLOTS;

describe.each(HOSTS)('the host %s', (kind) => {
  it('runs a plan to its end: every subtask opens, works and finishes', async () => {
    const played = await new PlayedJob(kind, {}, false).deploy();
    await played.until('finished', SUBTASKS);
    expect(played.count('running')).toBe(SUBTASKS);
    expectCountsUpTo(played.rows, 100);
    expect([0, 1].map((slot) => played.recordsIn(slot))).toEqual([100, 100]);
    await played.attempt.cancel();
    // What there was to see stays until the attempt is disposed of.
    expect(played.recordsIn(0)).toBe(100);
    played.attempt.dispose();
  });

  it('carries a checkpoint through all slots, and the next attempt goes on from it', async () => {
    const job = new PlayedJob(kind, { 'stays-open': 'true' }, true);
    const first = await job.deploy();
    await eventually(() => first.recordsIn(0) + first.recordsIn(1) === 200);
    first.trigger();
    await first.until('ack 1', SUBTASKS);
    expect(first.rows).toEqual([]);
    first.complete();
    await eventually(() => first.rows.length === 200);
    expectCountsUpTo(first.rows, 100);
    await first.attempt.cancel();
    first.attempt.dispose();

    const second = await job.deploy(first.restores());
    await second.until('request-split', SLOTS);
    second.assign(0, 'one-more');
    await eventually(() => second.recordsIn(0) === 1);
    second.trigger();
    await second.until('ack 1', SUBTASKS);
    second.complete();
    // Committed once more: all of the first attempt's, and what the restored counts make of the record.
    await eventually(() => second.rows.length === 201);
    expect(second.rows.at(-1)).toEqual({ key: -1, count: 1 });
    expectCountsUpTo(second.rows.slice(0, -1), 100);
    await second.attempt.cancel();
    second.attempt.dispose();
  });

  it('tells which operator of which subtask failed', async () => {
    const played = await new PlayedJob(kind, { 'fail-at': '51' }, false).deploy();
    await played.until('failed USER_FUNCTION_FAILED');
    expect(played.errors).toMatchObject([
      { message: 'no 51', context: { operatorName: 'checked', subtaskIndex: 1, attemptNumber: 1 } },
    ]);
    await played.attempt.cancel();
    played.attempt.dispose();
  });

  it('says nothing more once it was told to cancel, and serves the next attempt with functions of its own', async () => {
    const job = new PlayedJob(kind, { 'stays-open': 'true', endless: 'true' }, false);
    for (const attempt of [1, 2]) {
      const played = await job.deploy();
      await played.until('request-split', SLOTS);
      played.assign(0, 'endless');
      await eventually(() => played.rows.length >= 1000);
      const canceled = played.attempt.cancel();
      const heard = [...played.heard];
      await canceled;
      expect(played.heard, `attempt ${attempt}`).toEqual(heard);
      expect(played.deaths).toEqual([]);
      // State is of the attempt: the second one counts from the start as well.
      expect(played.rows).toContainEqual({ key: 0, count: 1 });
      played.attempt.dispose();
    }
  });

  it('refuses a definition that does not give the graph of the plan', async () => {
    const job = new PlayedJob(kind, { 'every-evaluation-differs': 'true' }, false);
    // A thread evaluates it for the first time, as this one has: one attempt is as in the plan at the most.
    const failures: unknown[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      await job.deploy().then(
        async (played) => {
          await played.attempt.cancel();
          played.attempt.dispose();
        },
        (error: unknown) => failures.push(error),
      );
    }
    expect(failures.length).toBeGreaterThanOrEqual(2);
    for (const failure of failures) expect(failure).toMatchObject({ code: 'JOB_DEFINITION_NOT_DETERMINISTIC' });
  });
});

describe('a slot without work', () => {
  it('on the inline host makes no round until it is woken', async () => {
    const played = await new PlayedJob('inline', { 'stays-open': 'true' }, false).deploy();
    await eventually(() => played.rows.length === 200);
    await turns(20);
    const before = [played.idleMs(0), played.idleMs(1)];
    await turns(500);
    expect([played.idleMs(0), played.idleMs(1)]).toEqual(before);
    played.assign(1, 'one-more');
    await eventually(() => played.rows.length === 201);
    await played.attempt.cancel();
    played.attempt.dispose();
  });

  it('on a thread makes none while another slot works through 200,000 records', async () => {
    const parameters = { 'stays-open': 'true', apart: 'true', 'records-0': '1', 'records-1': '200000' };
    const played = await new PlayedJob('threads', parameters, true).deploy();
    await eventually(() => played.recordsIn(0) === 1 && played.recordsIn(1) > 0);
    // The last steps of the first slot may still be on their way.
    const pause = played.recordsIn(1) + 20_000;
    await eventually(() => played.recordsIn(1) >= pause);
    const before = played.idleMs(0);
    await eventually(() => played.recordsIn(1) === 200_000);
    expect(played.idleMs(0)).toBe(before);
    played.assign(0, 'one-more');
    await eventually(() => played.recordsIn(0) === 2);
    expect(played.idleMs(0)).toBeGreaterThan(before);
    await played.attempt.cancel();
    played.attempt.dispose();
  });
});

/** The event loop goes round so many times: a loop that never sleeps would make as many rounds. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
