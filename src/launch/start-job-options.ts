/** What binds a job to its surroundings: given by run(), by scripts and by the simulator. */
import type { Environment } from '../base/environment.ts';
import type { JobId, OperatorId } from '../base/ids.ts';
import type { JobLocks } from '../checkpoint/job-locks.ts';
import type { Configuration, Setting } from '../config/configuration.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { JobDefinition } from '../graph/stream-graph.ts';
import type { EvaluationSettings } from '../host/job-evaluation.ts';
import type { StorageSettings } from '../host/storage-settings.ts';
import type { Host } from '../job/host.ts';
import type { TaskConfiguration } from '../task/task-configuration.ts';
import type { RunOptions } from './job-handle.ts';
import type { ValueChecks } from './run-settings.ts';

export interface StartJobOptions {
  readonly definition: JobDefinition;
  /** Relative to the nearest package.json; undefined for jobs that are no module. */
  readonly module: string | undefined;
  readonly packageName: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
  /** Default parallelism when neither options nor configuration say. */
  readonly defaultParallelism: number;
  /** conf/config.yaml and -D. */
  readonly fileSettings: readonly Setting[];
  readonly commandLineSettings: readonly Setting[];
  readonly checks: ValueChecks;
  readonly options: Pick<
    RunOptions,
    | 'parallelism'
    | 'fresh'
    | 'restoreFrom'
    | 'takeover'
    | 'existingOutput'
    | 'jobId'
    | 'adopt'
    | 'allowNonRestoredState'
    | 'onEvent'
  >;
  readonly environment: Environment;
  /** Where checkpoints go, decided by the configuration. */
  readonly storageTarget: (configuration: Configuration) => StorageTarget;
  readonly locks: JobLocks;
  readonly hostName: string;
  readonly pid: number;
  readonly makeHost: (parts: HostParts) => HostWithEnd;
  readonly onCollected?: (sinkId: OperatorId, batchId: string, rows: Uint8Array) => void;
}

export interface StorageTarget {
  readonly kind: 'filesystem' | 'jobmanager';
  readonly checkpointDirectory: string;
  /** The environment whose files hold the checkpoints: the process's own, or memory. */
  readonly environment: Environment;
  /** After the end of the job, or when it could not be started. */
  readonly dispose?: () => Promise<void>;
}

/** What a host is made of. */
export interface HostParts {
  readonly definition: JobDefinition;
  readonly graph: ExecutionGraph;
  readonly evaluation: EvaluationSettings;
  readonly taskConfiguration: TaskConfiguration;
  readonly configuration: Configuration;
  readonly jobId: JobId;
  readonly slotCount: number;
  readonly storage: StorageSettings;
  readonly storageEnvironment: Environment;
}

export interface HostWithEnd extends Host {
  /** Ends threads; after the job has ended. */
  close(): Promise<void>;
}
