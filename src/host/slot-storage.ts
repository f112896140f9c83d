import type { CheckpointDataReader } from '../base/checkpoint-streams.ts';
import type { SlotDataFiles } from '../task/slot-checkpoints.ts';
import type { AttemptPlan } from '../job/host.ts';

/** Where the slots of a host put checkpoint data, and read it from. One instance a thread. */
export interface SlotStorage {
  dataFiles(slotIndex: number, plan: AttemptPlan): SlotDataFiles;
  readonly reader: CheckpointDataReader;
}
