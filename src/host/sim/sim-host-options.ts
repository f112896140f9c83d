/** What a simulated host is made of. */
import type { Environment } from '../../base/environment.ts';
import type { JobId } from '../../base/ids.ts';
import type { JobDefinition } from '../../graph/stream-graph.ts';
import type { TaskConfiguration } from '../../task/task-configuration.ts';
import type { EvaluationSettings } from '../job-evaluation.ts';
import type { StorageSettings } from '../storage-settings.ts';
import type { SimRandom } from './sim-random.ts';
import type { SimSlots } from './sim-slots.ts';
import type { SimTrace } from './sim-trace.ts';
import type { SimProcess, SimWorld } from './sim-world.ts';

export interface SimHostOptions {
  readonly world: SimWorld;
  readonly trace: SimTrace;
  readonly slots: SimSlots;
  readonly random: SimRandom;
  readonly process: SimProcess;
  /** Of the process, for the trace. */
  readonly name: string;
  readonly definition: JobDefinition;
  readonly evaluation: EvaluationSettings;
  readonly configuration: TaskConfiguration;
  readonly jobId: JobId;
  readonly slotCount: number;
  readonly storage: StorageSettings;
  /** Of the process. */
  readonly environment: Environment;
  readonly threadEnvironment: (thread: SimProcess) => Environment;
  readonly cancellationTimeoutMs: number;
}
