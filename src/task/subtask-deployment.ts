/** What a slot needs to run one subtask of one attempt. */
import type { CheckpointDataReader } from '../base/checkpoint-streams.ts';
import type { CommitPermit } from '../base/commit-permit.ts';
import type { MasterCalls } from '../base/control-plane.ts';
import type { Environment } from '../base/environment.ts';
import type { JobId, OperatorId, SubtaskAddress } from '../base/ids.ts';
import type { KeyedStateBackend, KeyGroupRange } from '../base/keyed-state.ts';
import type { SubtaskMetrics } from '../base/metrics.ts';
import type { OperatorSubtaskState, SubtaskRestore } from '../base/state-handle.ts';
import type { InputGate } from '../exchange/input-gate.ts';
import type { JobVertex } from '../graph/job-graph.ts';
import type { OperatorStateSnapshots } from './operator-state-snapshots.ts';
import type { ChainWriter } from './operator-chain.ts';
import type { SlotCheckpoints } from './slot-checkpoints.ts';
import type { TaskConfiguration } from './task-configuration.ts';

/** The same for all subtasks of a slot. */
export interface SlotRuntime {
  readonly environment: Environment;
  readonly configuration: TaskConfiguration;
  readonly jobId: JobId;
  readonly runId: string;
  readonly fencingEpoch: number;
  readonly attemptNumber: number;
  readonly parameters: ReadonlyMap<string, string>;
  readonly restoredPermit: CommitPermit | undefined;
  readonly master: MasterCalls;
  readonly checkpoints: SlotCheckpoints;
  readonly checkpointReader: CheckpointDataReader;
  createKeyedState(options: KeyedStateOptions): KeyedStateBackend;
  createOperatorState(restored: OperatorSubtaskState | undefined): OperatorStateSnapshots;
  /** Rows of a collect() sink, on their way to the main thread. */
  collectRows(operatorId: OperatorId, batchId: string, rows: readonly unknown[]): void;
}

export interface KeyedStateOptions {
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
}

export interface SubtaskDeployment {
  readonly address: SubtaskAddress;
  readonly vertex: JobVertex;
  /** Undefined: starts empty. */
  readonly restore: SubtaskRestore | undefined;
  /** Undefined for a source subtask. */
  readonly gate: InputGate | undefined;
  readonly writers: readonly ChainWriter[];
  readonly metrics: SubtaskMetrics;
  /** Asks the slot for a round soon. */
  readonly wakeUp: () => void;
}
