import type { Option } from '../../src/config/option.ts';
import { CheckpointingOptions, PipelineOptions, RestartOptions, TaskOptions } from '../../src/config/options.ts';

/** The options in the order of the documentation. */
export const OPTION_GROUPS: readonly { readonly title: string; readonly options: readonly Option<unknown>[] }[] = [
  { title: 'Parallelism and time', options: Object.values(PipelineOptions) },
  { title: 'Checkpoints', options: Object.values(CheckpointingOptions) },
  { title: 'Restarts', options: Object.values(RestartOptions) },
  { title: 'Tasks and memory', options: Object.values(TaskOptions) },
];
