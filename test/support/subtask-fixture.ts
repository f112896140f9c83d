/**
 * One subtask over real channels, gate, writers and chain, with fake operators, state and storage, a fake master and virtual time.
 * `log` holds what all of them were asked to do, in order. Elements are texts, see scripted-elements.ts.
 */
import { must } from '../../src/base/assert.ts';
import type { Channel } from '../../src/base/channel.ts';
import { CommitPermit } from '../../src/base/commit-permit.ts';
import type { TriggerCheckpoint } from '../../src/base/control-plane.ts';
import type { AlignmentMode } from '../../src/base/elements.ts';
import { checkpointId, jobId, operatorId } from '../../src/base/ids.ts';
import type { SubtaskAddress } from '../../src/base/ids.ts';
import type { KeyedStateBackend } from '../../src/base/keyed-state.ts';
import { SubtaskMetrics } from '../../src/base/metrics.ts';
import { NO_MUTANTS } from '../../src/base/mutants.ts';
import type { Sink } from '../../src/base/sink.ts';
import type { Source } from '../../src/base/source.ts';
import type { OperatorSubtaskState, SubtaskRestore } from '../../src/base/state-handle.ts';
import type { StreamOperator } from '../../src/base/operator.ts';
import type { WatermarkStrategy } from '../../src/base/watermark-strategy.ts';
import { InputGate } from '../../src/exchange/input-gate.ts';
import { createLocalChannel } from '../../src/exchange/local-channel.ts';
import { channelSelector } from '../../src/exchange/partitioner.ts';
import { RecordWriter } from '../../src/exchange/record-writer.ts';
import type { ChainedOperator, JobVertex } from '../../src/graph/job-graph.ts';
import { OperatorStateBackend } from '../../src/state/operator-state.ts';
import type { ChainWriter } from '../../src/task/operator-chain.ts';
import { SlotCheckpoints } from '../../src/task/slot-checkpoints.ts';
import type { SlotRuntime, SubtaskDeployment } from '../../src/task/subtask-deployment.ts';
import { Subtask } from '../../src/task/subtask.ts';
import type { StepResult } from '../../src/task/subtask.ts';
import type { TaskConfiguration } from '../../src/task/task-configuration.ts';
import { FakeDataFiles } from './fake-data-files.ts';
import { FakeMaster } from './fake-master.ts';
import { factoryOf } from './fake-operator.ts';
import { offer, takeAll } from './scripted-elements.ts';
import { KEY } from './stream-graph-fixture.ts';
import { testStrings } from './strings.ts';
import { VirtualEnvironment } from './virtual-environment.ts';

/** A member of the chain; the others are named by their place in it. */
export interface ChainMember {
  readonly name: string;
  readonly source?: Source<unknown>;
  readonly operator?: StreamOperator;
  readonly sink?: Sink<unknown>;
  readonly keyed?: KeyedStateBackend;
  readonly watermarks?: WatermarkStrategy<unknown>;
  /** Default: the next one, if there is one. */
  readonly next?: readonly { readonly to: number; readonly sideTag?: string }[];
}

export interface ChainOutputs {
  readonly from: number;
  readonly sideTag?: string;
  readonly channels?: number;
  /** Elements; default 1000. */
  readonly capacity?: number;
}

export interface SubtaskSetup {
  readonly chain: readonly ChainMember[];
  /** Channels of the gate; ignored when the chain begins with a source. Default 1. */
  readonly inputs?: number;
  /** The input of the head that each channel belongs to, in place of `inputs`. Default: all to input 0. */
  readonly inputOfChannel?: readonly number[];
  readonly inputCapacity?: number;
  /** Default: one channel behind the last member, if that is no sink. */
  readonly outputs?: readonly ChainOutputs[];
  readonly restore?: SubtaskRestore;
  /** The checkpoint that the attempt was restored from. */
  readonly restoredCheckpoint?: number;
  readonly configuration?: Partial<TaskConfiguration>;
  readonly log?: string[];
  readonly subtaskIndex?: number;
  /** Several subtasks of a slot share theirs. */
  readonly files?: FakeDataFiles;
  readonly checkpoints?: SlotCheckpoints;
  readonly virtual?: VirtualEnvironment;
  /** By file name of the reference. */
  readonly readSection?: (file: string) => Promise<Uint8Array>;
}

/** No watermark but the last. */
export const NO_WATERMARKS: WatermarkStrategy<unknown> = {
  timestampAssigner: undefined,
  idleTimeoutMs: undefined,
  createGenerator: () => ({
    onEvent: () => undefined,
    current: () => Number.NEGATIVE_INFINITY,
    snapshot: () => null,
    restore: () => undefined,
  }),
};

/** Each record's timestamp, right behind the record. */
export const PUNCTUATED: WatermarkStrategy<unknown> = {
  ...NO_WATERMARKS,
  createGenerator: () => ({
    onEvent: (timestampMs) => (Number.isNaN(timestampMs) ? undefined : timestampMs),
    current: () => Number.NEGATIVE_INFINITY,
    snapshot: () => null,
    restore: () => undefined,
  }),
};

export class SubtaskFixture {
  readonly log: string[];
  readonly virtual: VirtualEnvironment;
  readonly master: FakeMaster;
  readonly files: FakeDataFiles;
  readonly checkpoints: SlotCheckpoints;
  readonly metrics: SubtaskMetrics = new SubtaskMetrics();
  readonly address: SubtaskAddress;
  readonly deployment: SubtaskDeployment;
  readonly runtime: SlotRuntime;
  readonly subtask: Subtask;
  readonly inputs: readonly Channel[];
  /** By place in `setup.outputs`, then by channel. */
  readonly outputs: readonly (readonly Channel[])[];
  wakeUps = 0;

  constructor(setup: SubtaskSetup) {
    this.log = setup.log ?? [];
    this.virtual = setup.virtual ?? new VirtualEnvironment();
    this.master = new FakeMaster(this.log);
    this.files = setup.files ?? new FakeDataFiles();
    this.checkpoints = setup.checkpoints ?? new SlotCheckpoints(this.files);
    const isSource = setup.chain[0]?.source !== undefined;
    const inputOfChannel = setup.inputOfChannel ?? Array.from({ length: setup.inputs ?? 1 }, () => 0);
    this.inputs = channels(isSource ? 0 : inputOfChannel.length, setup.inputCapacity ?? 1000);
    const outputs = setup.outputs ?? defaultOutputs(setup.chain);
    this.outputs = outputs.map(({ channels: count = 1, capacity = 1000 }) => channels(count, capacity));
    const vertex = vertexOf(setup.chain, isSource ? [] : inputOfChannel);
    this.address = { vertexId: vertex.id, subtaskIndex: setup.subtaskIndex ?? 0 };
    this.deployment = {
      address: this.address,
      vertex,
      restore: setup.restore,
      gate: isSource
        ? undefined
        : new InputGate(this.inputs.map(({ reader }, index) => ({ reader, inputIndex: inputOfChannel[index] ?? 0 }))),
      writers: outputs.map((output, index) => this.#writer(output, index)),
      metrics: this.metrics,
      wakeUp: () => void this.wakeUps++,
    };
    this.runtime = this.#runtime(setup);
    this.subtask = new Subtask(this.deployment, this.runtime);
  }

  /** Started, and what it said while starting taken out of the log. */
  static async running(setup: SubtaskSetup): Promise<SubtaskFixture> {
    const fixture = new SubtaskFixture(setup);
    await fixture.subtask.start();
    fixture.takeLog();
    return fixture;
  }

  send(channel: number, ...elements: readonly string[]): void {
    this.sendAs(undefined, channel, ...elements);
  }

  sendAs(alignment: AlignmentMode | undefined, channel: number, ...elements: readonly string[]): void {
    const { writer } = must(this.inputs[channel], `input ${channel}`);
    for (const element of elements) {
      if (!offer(writer, element, alignment)) throw new Error(`Input ${channel} has no room for '${element}'`);
    }
  }

  /** What came out since the last call. */
  received(output: number = 0, channel: number = 0): string[] {
    return takeAll(must(this.outputs[output]?.[channel], `output ${output}.${channel}`).reader);
  }

  takeLog(): string[] {
    return this.log.splice(0);
  }

  /** Steps until there is nothing left to do; the results that were not 'progress' end it. */
  stepAll(): StepResult {
    for (let steps = 0; steps < 10_000; steps++) {
      const result = this.subtask.step();
      if (result !== 'progress') return result;
    }
    throw new Error('The subtask never rests');
  }

  /** Steps, lets promises settle, and steps again, until nothing comes of it. */
  async settle(): Promise<void> {
    for (let rounds = 0; rounds < 5; rounds++) {
      this.stepAll();
      await this.virtual.settle();
    }
    this.stepAll();
  }

  trigger(id: number, options: Partial<TriggerCheckpoint> = {}): void {
    this.subtask.trigger({
      checkpointId: checkpointId(id),
      timestampMs: 0,
      alignment: 'exactly-once-aligned',
      stateMode: 'full',
      ...options,
    });
  }

  /** As the slot passes it on. */
  completed(id: number): void {
    this.checkpoints.completed(checkpointId(id));
    this.subtask.checkpointCompleted({ kind: 'checkpoint-completed', checkpointId: checkpointId(id), fencingEpoch: 1 });
  }

  aborted(id: number): void {
    this.checkpoints.aborted(checkpointId(id));
    this.subtask.checkpointAborted(checkpointId(id));
  }

  addSplit(splitId: string = 's', position: number = 0): void {
    const split = { splitId, position };
    this.subtask.sourceEvent({ kind: 'add-splits', splits: [split] });
  }

  /** The state of a chain member in the last acknowledgement. */
  acknowledgedState(index: number): OperatorSubtaskState {
    return must(
      this.master.acknowledgements.at(-1)?.snapshot.operators[index],
      `acknowledged state of member ${index}`,
    );
  }

  #writer({ from, sideTag }: ChainOutputs, index: number): ChainWriter {
    const ends = must(this.outputs[index], 'channels of the output');
    const selector = channelSelector({
      partitioner: { kind: 'rebalance' },
      channelCount: ends.length,
      maxParallelism: 128,
      random: { next: () => 0, nextInt: () => 0 },
    });
    return {
      chainIndex: from,
      sideTag,
      writer: new RecordWriter(
        ends.map(({ writer }) => writer),
        selector,
      ),
    };
  }

  #runtime(setup: SubtaskSetup): SlotRuntime {
    const keyed = setup.chain.flatMap((member) => member.keyed ?? []);
    return {
      environment: this.virtual.environment,
      configuration: { ...DEFAULT_CONFIGURATION, ...setup.configuration },
      jobId: jobId('0123456789abcdef0123456789abcdef'),
      runId: 'run',
      fencingEpoch: 1,
      attemptNumber: 1,
      parameters: new Map(),
      restoredPermit: setup.restoredCheckpoint === undefined ? undefined : permit(setup.restoredCheckpoint),
      master: this.master,
      checkpoints: this.checkpoints,
      checkpointReader: { readSection: (ref) => must(setup.readSection, 'readSection')(ref.file) },
      createKeyedState: () => must(keyed.shift(), 'keyed state of the next keyed member'),
      createOperatorState: (restored) => new OperatorStateBackend({ strings: testStrings, restored: restored?.lists }),
      collectRows: () => undefined,
    };
  }
}

export const DEFAULT_CONFIGURATION: TaskConfiguration = {
  isCheckpointingEnabled: true,
  checkpointIntervalMs: 1000,
  isIncremental: false,
  autoWatermarkIntervalMs: 200,
  openTimeoutMs: 1000,
  closeTimeoutMs: 500,
  committerRetries: 2,
  checkMutation: false,
  checkValues: false,
  mutants: NO_MUTANTS,
};

export function permit(id: number): CommitPermit {
  return CommitPermit.of({ kind: 'checkpoint-completed', checkpointId: checkpointId(id), fencingEpoch: 1 });
}

/** Operator id of a chain member. */
export function memberId(index: number): ReturnType<typeof operatorId> {
  return operatorId(index.toString(16).padStart(32, '0'));
}

function channels(count: number, capacityRecords: number): readonly Channel[] {
  return Array.from({ length: count }, () => createLocalChannel({ capacityRecords }));
}

function defaultOutputs(chain: readonly ChainMember[]): readonly ChainOutputs[] {
  return chain.at(-1)?.sink === undefined ? [{ from: chain.length - 1 }] : [];
}

function vertexOf(chain: readonly ChainMember[], inputOfChannel: readonly number[]): JobVertex {
  return {
    id: memberId(0),
    name: chain.map(({ name }) => name).join(' -> '),
    // Any subtask index has its key groups.
    parallelism: 128,
    maxParallelism: 128,
    hasExplicitMaxParallelism: false,
    chain: chain.map((member, index) => chainedOf(member, index, chain.length)),
    inputs: [...new Set(inputOfChannel)].map(edgeInto),
    outputs: [],
  };
}

function edgeInto(inputIndex: number): JobVertex['inputs'][number] {
  return {
    id: 0,
    sourceVertex: memberId(999),
    sourceChainIndex: 0,
    sideTag: undefined,
    targetVertex: memberId(0),
    inputIndex,
    partitioner: { kind: 'rebalance' },
  };
}

function chainedOf(member: ChainMember, index: number, length: number): ChainedOperator {
  const following = index + 1 < length ? [{ to: index + 1 }] : [];
  const next: ChainMember['next'] = member.next ?? following;
  return {
    operatorId: memberId(index),
    uid: `${member.name}-uid`,
    hasUserUid: true,
    name: member.name,
    role: roleOf(member),
    keys: [member.keyed === undefined ? undefined : KEY],
    next: next.map(({ to, sideTag }) => ({ chainIndex: to, sideTag })),
  };
}

function roleOf({ name, source, operator, sink, watermarks = NO_WATERMARKS }: ChainMember): ChainedOperator['role'] {
  if (source !== undefined) return { kind: 'source', source, watermarks };
  if (sink !== undefined) return { kind: 'sink', sink };
  return { kind: 'operator', factory: factoryOf(must(operator, `operator '${name}'`)) };
}
