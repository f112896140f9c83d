/**
 * A job master over a fake host, fake storage and virtual time. The job: source 'orders' (2 subtasks, scripted enumerator) →
 * 'count' (2) → with a sink 'out' in its chain.
 */
import { checkpointId, jobId } from '../../src/base/ids.ts';
import { must } from '../../src/base/assert.ts';
import type { OperatorId } from '../../src/base/ids.ts';
import { describeJob } from '../../src/checkpoint/coordinator/job-description.ts';
import type { CheckpointMetadata } from '../../src/checkpoint/metadata/checkpoint-metadata.ts';
import { matchState } from '../../src/checkpoint/protocol/match-state.ts';
import { planRestore } from '../../src/checkpoint/protocol/plan-restore.ts';
import { buildExecutionGraph } from '../../src/graph/build-execution-graph.ts';
import { buildJobGraph } from '../../src/graph/build-job-graph.ts';
import type { ExecutionGraph } from '../../src/graph/execution-graph.ts';
import { JobMaster } from '../../src/job/job-master.ts';
import type { JobCheckpointing } from '../../src/job/job-master-options.ts';
import type { JobEvent, JobStatus } from '../../src/job/job-status.ts';
import { createRestartStrategy } from '../../src/job/restart/create-restart-strategy.ts';
import type { RestartSettings } from '../../src/job/restart/restart-settings.ts';
import { FakeCheckpointStorage } from './fake-checkpoint-storage.ts';
import { FakeHost } from './fake-host.ts';
import type { FakeAttempt } from './fake-host.ts';
import { ScriptedSource } from './scripted-source.ts';
import { BY_KEY, StreamGraphFixture } from './stream-graph-fixture.ts';
import { VirtualEnvironment } from './virtual-environment.ts';

const JOB_ID = jobId('0123456789abcdef0123456789abcdef');
const RUN_ID = 'run-1';
export const CHECKPOINT_INTERVAL_MS = 1000;

interface FixtureOptions {
  readonly isCheckpointing?: boolean;
  readonly restart?: RestartSettings;
  readonly tolerableFailures?: number;
  readonly restored?: CheckpointMetadata;
}

export class JobMasterFixture {
  readonly world: VirtualEnvironment = new VirtualEnvironment();
  readonly source: ScriptedSource = new ScriptedSource();
  readonly storage: FakeCheckpointStorage = new FakeCheckpointStorage();
  readonly graph: ExecutionGraph;
  readonly host: FakeHost;
  readonly master: JobMaster;
  readonly events: JobEvent[] = [];
  readonly collected: string[] = [];

  constructor(options: FixtureOptions = {}) {
    this.graph = graphOver(this.source);
    this.host = new FakeHost(this.graph);
    const { restart = { kind: 'fixed-delay', attempts: 3, delayMs: 100 }, isCheckpointing = true } = options;
    this.master = new JobMaster({
      host: this.host,
      graph: this.graph,
      environment: this.world.environment,
      jobId: JOB_ID,
      runId: RUN_ID,
      fencingEpoch: this.storage.fencingEpoch,
      restart: createRestartStrategy(restart, this.world.environment.random),
      checkpointing: isCheckpointing ? this.#checkpointing(options) : undefined,
      openTimeoutMs: 1000,
      closeTimeoutMs: 1000,
      onEvent: (event) => void this.events.push(event),
      onCollected: (_sinkId: OperatorId, batchId) => void this.collected.push(batchId),
    });
  }

  get attempt(): FakeAttempt {
    return this.host.attempt;
  }

  /** Statuses since the start, in order. */
  get statuses(): readonly JobStatus[] {
    return this.events.flatMap((event) => (event.kind === 'status-changed' ? [event.status] : []));
  }

  get status(): JobStatus {
    return this.master.status().status;
  }

  /** Started; every subtask runs and every reader has registered. */
  async run(): Promise<void> {
    this.master.start();
    await this.world.settle();
    await this.open();
  }

  /** The subtasks of the latest attempt open. */
  async open(): Promise<void> {
    for (const subtask of this.attempt.subtasksOf('orders')) {
      this.attempt.listener.readerEvent(subtask, subtask.vertexId, { kind: 'register' });
    }
    this.attempt.report('running');
    await this.world.settle();
  }

  /** Waits for the next periodic trigger, and lets every subtask acknowledge. */
  async completeCheckpoint(): Promise<void> {
    const id = await this.nextTrigger();
    this.attempt.acknowledge(checkpointId(id));
    await this.world.settle();
  }

  /** Lets time pass until the sources are told of a checkpoint; its id. */
  async nextTrigger(): Promise<number> {
    const before = this.attempt.triggers.length;
    for (let waits = 0; this.attempt.triggers.length === before && waits < 20; waits++) {
      await this.world.advance(CHECKPOINT_INTERVAL_MS / 10);
    }
    return must(this.attempt.triggers.at(before), 'triggered checkpoint').checkpointId;
  }

  #checkpointing({ tolerableFailures = 0, restored }: FixtureOptions): JobCheckpointing {
    return {
      storage: this.storage,
      job: describeJob(this.graph.jobGraph, { jobId: JOB_ID, runId: RUN_ID, millraceVersion: '0.1.0' }),
      settings: {
        intervalMs: CHECKPOINT_INTERVAL_MS,
        minPauseMs: 0,
        timeoutMs: 600_000,
        maxConcurrent: 1,
        tolerableFailures,
        numRetained: 1,
      },
      alignment: 'exactly-once-aligned',
      stateMode: 'full',
      isFirstFull: false,
      nextCheckpointId: checkpointId((restored?.checkpointId ?? 0) + 1),
      retention: { retained: [], droppedLast: [] },
      restored,
      retentionAtEnd: 'RETAIN_ON_CANCELLATION',
      planRestore: (checkpoint) =>
        planRestore(
          this.graph,
          checkpoint,
          matchState(this.graph.jobGraph, checkpoint, { allowNonRestoredState: false }),
        ),
    };
  }
}

function graphOver(source: ScriptedSource): ExecutionGraph {
  const fixture = new StreamGraphFixture();
  const orders = fixture.source('orders', { uid: 'orders', parallelism: 2 });
  const count = fixture.operator('count', [{ from: orders, partitioner: BY_KEY }], { uid: 'count', parallelism: 2 });
  fixture.sink('out', [count], { uid: 'out', parallelism: 2 });
  const graph = fixture.graph();
  const nodes = graph.nodes.map((node) =>
    node.role.kind === 'source' ? { ...node, role: { ...node.role, source } } : node,
  );
  return buildExecutionGraph(buildJobGraph({ ...graph, nodes }, { parallelism: 2, maxParallelism: undefined }));
}
