import { formatDuration, formatMemorySize } from '../base/duration.ts';
import type { JobStatusSnapshot } from '../job/job-status.ts';
import { formatCount } from './format-values.ts';

/** 'checkpoints 11 completed, 1 failed; last chk-11 in 35 ms, 2.1 MB written; one in progress'. */
export function checkpointText(snapshot: JobStatusSnapshot): string {
  const { completedCheckpoints, failedCheckpoints, lastCheckpoint, checkpointInProgress } = snapshot;
  const failed = failedCheckpoints === 0 ? '' : `, ${formatCount(failedCheckpoints)} failed`;
  const counts =
    completedCheckpoints + failedCheckpoints === 0
      ? 'no checkpoints'
      : `checkpoints ${formatCount(completedCheckpoints)} completed${failed}`;
  const last =
    lastCheckpoint === undefined
      ? ''
      : `; last chk-${lastCheckpoint.checkpointId} in ${formatDuration(lastCheckpoint.durationMs)}, ${formatMemorySize(lastCheckpoint.writtenBytes)} written`;
  return `${counts}${last}${checkpointInProgress ? '; one in progress' : ''}`;
}
