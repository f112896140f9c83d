import type { Environment } from '../base/environment.ts';
import { InlineHost } from '../host/inline/inline-host.ts';
import type { HostParts, HostWithEnd } from './start-job-options.ts';

export function inlineHost(parts: HostParts, environment: Environment): HostWithEnd {
  const { definition, evaluation, taskConfiguration, jobId, slotCount, storage, storageEnvironment } = parts;
  return new InlineHost({
    definition,
    evaluation,
    environment,
    configuration: taskConfiguration,
    jobId,
    slotCount,
    storage,
    storageEnvironment,
  });
}
