/**
 * What a start clears away: files that processes before it left behind. Pure; the listing was made before this process took the
 * job over, so nothing in it can belong to a later owner.
 *
 *   - A file that a kept checkpoint refers to stays.
 *   - A folder chk-<n> whose checkpoint is kept stays; of other ones only what kept checkpoints refer to.
 *   - A data file stays when its name does not say whose it is, or says an epoch that is not older than ours.
 */
import type { CheckpointId } from '../../base/ids.ts';
import { checkpointDirectoryName, parseDataFileName } from './checkpoint-paths.ts';
import type { RetainedCheckpoint } from './retention.ts';

export interface DirectoryListing {
  readonly checkpoints: readonly { readonly checkpointId: CheckpointId; readonly files: readonly string[] }[];
  /** Names in `shared/`. */
  readonly shared: readonly string[];
}

export interface SweepPlan {
  /** Folders to remove with all they hold, relative to the job directory. */
  readonly directories: readonly string[];
  /** Relative to the job directory. */
  readonly files: readonly string[];
}

export interface SweepOptions {
  readonly kept: readonly RetainedCheckpoint[];
  /** Epoch of this process. */
  readonly fencingEpoch: number;
}

export function planSweep(listing: DirectoryListing, { kept, fencingEpoch }: SweepOptions): SweepPlan {
  const keptIds = new Set(kept.map(({ checkpointId }) => checkpointId));
  const keptFiles = new Set(kept.flatMap(({ files }) => [...files]));
  const directories: string[] = [];
  const files: string[] = [];
  for (const { checkpointId, files: names } of listing.checkpoints) {
    if (keptIds.has(checkpointId)) continue;
    const directory = checkpointDirectoryName(checkpointId);
    const paths = names.map((name) => `${directory}/${name}`);
    if (paths.some((path) => keptFiles.has(path))) files.push(...paths.filter((path) => !keptFiles.has(path)));
    else directories.push(directory);
  }
  for (const name of listing.shared) {
    const owner = parseDataFileName(name);
    const isOlder = owner !== undefined && owner.fencingEpoch < fencingEpoch;
    if (isOlder && !keptFiles.has(`shared/${name}`)) files.push(`shared/${name}`);
  }
  return { directories, files };
}
