/**
 * Puts one slot of an attempt together, the same way in every host: subtasks with their gates and writers over whatever channels
 * the host has, state backends, and the slot's checkpoint data file.
 */
import { must } from '../base/assert.ts';
import type { ChannelReader, ChannelWriter } from '../base/channel.ts';
import type { CheckpointDataReader } from '../base/checkpoint-streams.ts';
import { CommitPermit } from '../base/commit-permit.ts';
import type { MasterCalls } from '../base/control-plane.ts';
import type { Environment } from '../base/environment.ts';
import type { JobId, SubtaskAddress } from '../base/ids.ts';
import type { SubtaskMetrics } from '../base/metrics.ts';
import { encodeValue } from '../codec/encode-value.ts';
import { InputGate } from '../exchange/input-gate.ts';
import { channelSelector } from '../exchange/partitioner.ts';
import { RecordWriter } from '../exchange/record-writer.ts';
import type { ChannelSpec, ExecutionGraph } from '../graph/execution-graph.ts';
import type { JobEdge, JobVertex } from '../graph/job-graph.ts';
import type { AttemptPlan, SubtaskPlan } from '../job/host.ts';
import { HashmapStateBackend } from '../state/hashmap/hashmap-state-backend.ts';
import { OperatorStateBackend } from '../state/operator-state.ts';
import type { ChainWriter } from '../task/operator-chain.ts';
import { SlotCheckpoints } from '../task/slot-checkpoints.ts';
import type { SlotDataFiles } from '../task/slot-checkpoints.ts';
import { Slot } from '../task/slot.ts';
import type { SlotRuntime, SubtaskDeployment } from '../task/subtask-deployment.ts';
import type { TaskConfiguration } from '../task/task-configuration.ts';

/** A host's channels. Each end is asked for once, by the slot that owns it. */
export interface ChannelEnds {
  writer(spec: ChannelSpec): ChannelWriter;
  reader(spec: ChannelSpec): ChannelReader;
}

export interface SlotAssemblyOptions {
  readonly plan: AttemptPlan;
  readonly slotIndex: number;
  /** From this slot's own evaluation of the definition. */
  readonly graph: ExecutionGraph;
  readonly channels: ChannelEnds;
  readonly environment: Environment;
  readonly configuration: TaskConfiguration;
  readonly jobId: JobId;
  readonly parameters: ReadonlyMap<string, string>;
  readonly master: MasterCalls;
  readonly dataFiles: SlotDataFiles;
  readonly dataReader: CheckpointDataReader;
  readonly metrics: (subtask: SubtaskAddress) => SubtaskMetrics;
  /** Asks the host for a round soon; called from any callback on the slot's thread. */
  readonly wakeUp: () => void;
}

export function assembleSlot(options: SlotAssemblyOptions): Slot {
  const runtime = slotRuntime(options);
  const deployments = options.plan.subtasks
    .filter(({ address }) => address.subtaskIndex === options.slotIndex)
    .map((subtask) => deployment(subtask, options));
  return new Slot(deployments, runtime);
}

function slotRuntime(options: SlotAssemblyOptions): SlotRuntime {
  const { plan, environment, configuration } = options;
  const { strings } = environment;
  return {
    environment,
    configuration,
    jobId: options.jobId,
    runId: plan.runId,
    fencingEpoch: plan.fencingEpoch,
    attemptNumber: plan.attemptNumber,
    parameters: options.parameters,
    restoredPermit: plan.restoredCheckpoint === undefined ? undefined : CommitPermit.of(plan.restoredCheckpoint),
    master: options.master,
    checkpoints: new SlotCheckpoints(options.dataFiles),
    checkpointReader: options.dataReader,
    createKeyedState: ({ keyGroups, maxParallelism }) =>
      new HashmapStateBackend({
        keyGroups,
        maxParallelism,
        strings,
        isIncremental: configuration.isIncremental,
        mutants: configuration.mutants,
      }),
    createOperatorState: (restored) => new OperatorStateBackend({ strings, restored: restored?.lists }),
    collectRows: (operatorId, batchId, rows) =>
      options.master.collected(operatorId, batchId, encodeValue(strings, rows)),
  };
}

function deployment(subtask: SubtaskPlan, options: SlotAssemblyOptions): SubtaskDeployment {
  const { graph, channels, metrics, wakeUp } = options;
  const { address, restore } = subtask;
  const vertex = must(
    graph.jobGraph.vertices.find(({ id }) => id === address.vertexId),
    `vertex ${address.vertexId}`,
  );
  const inputs = graph.channels.filter(
    ({ edge, downstreamSubtask }) => edge.targetVertex === vertex.id && downstreamSubtask === address.subtaskIndex,
  );
  return {
    address,
    vertex,
    restore,
    gate:
      inputs.length === 0
        ? undefined
        : new InputGate(inputs.map((spec) => ({ reader: channels.reader(spec), inputIndex: spec.edge.inputIndex }))),
    writers: vertex.outputs.map((edge) => chainWriter(edge, address, options)),
    metrics: metrics(address),
    wakeUp,
  };
}

function chainWriter(edge: JobEdge, address: SubtaskAddress, options: SlotAssemblyOptions): ChainWriter {
  const { graph, channels, environment } = options;
  const specs = graph.channels.filter(
    (spec) => spec.edge.id === edge.id && spec.upstreamSubtask === address.subtaskIndex,
  );
  const target: JobVertex = must(
    graph.jobGraph.vertices.find(({ id }) => id === edge.targetVertex),
    `vertex ${edge.targetVertex}`,
  );
  const selector = channelSelector({
    partitioner: edge.partitioner,
    channelCount: specs.length,
    maxParallelism: target.maxParallelism,
    random: environment.random,
  });
  return {
    chainIndex: edge.sourceChainIndex,
    sideTag: edge.sideTag,
    writer: new RecordWriter(
      specs.map((spec) => channels.writer(spec)),
      selector,
    ),
  };
}
