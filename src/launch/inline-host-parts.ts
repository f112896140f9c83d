import type { Environment } from '../base/environment.ts';
import { InlineHost } from '../host/inline/inline-host.ts';
import { slotStorage } from '../host/storage-settings.ts';
import type { HostParts, HostWithEnd } from './start-job-options.ts';

export function inlineHost(parts: HostParts, environment: Environment): HostWithEnd {
  const { definition, evaluation, taskConfiguration, jobId, slotCount, storage, storageEnvironment } = parts;
  const host = new InlineHost({
    definition,
    evaluation,
    environment,
    configuration: taskConfiguration,
    jobId,
    slotCount,
    storage: slotStorage(storage, storageEnvironment, () => {}),
  });
  return { slotCount, deploy: (plan, listener) => host.deploy(plan, listener), close: async () => {} };
}
