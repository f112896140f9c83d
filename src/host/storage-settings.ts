/** Where slots put checkpoint data, as plain data: each thread makes its own storage of it. */
import type { Environment } from '../base/environment.ts';
import { DataFileReader } from '../checkpoint/storage/data-file-reader.ts';
import { SlotDataWriter } from '../checkpoint/storage/slot-data-writer.ts';
import type { SlotStorage } from './slot-storage.ts';

export interface StorageSettings {
  /** `<checkpoint dir>/<job id>` */
  readonly jobDirectory: string;
  /** Data files that later checkpoints may build on lie in shared/, others in chk-<n>/. */
  readonly isIncremental: boolean;
}

export function slotStorage(settings: StorageSettings, environment: Environment, onWritable: () => void): SlotStorage {
  return {
    reader: new DataFileReader({ environment, jobDirectory: settings.jobDirectory }),
    dataFiles: (slotIndex, plan) =>
      new SlotDataWriter({
        environment,
        jobDirectory: settings.jobDirectory,
        slotIndex,
        fencingEpoch: plan.fencingEpoch,
        attemptNumber: plan.attemptNumber,
        location: settings.isIncremental ? 'shared' : 'exclusive',
        onWritable,
      }),
  };
}
