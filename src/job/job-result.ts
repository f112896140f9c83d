/** What the job master knows, as others see it. */
import { fromErrorRecord, MillraceError, withContext } from '../base/errors.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { CheckpointStatistics as CheckpointHistory } from '../checkpoint/coordinator/checkpoint-statistics.ts';
import type { CheckpointRecord } from '../checkpoint/coordinator/checkpoint-statistics.ts';
import type { RequestAnswer } from '../checkpoint/coordinator/coordinator-state.ts';
import type { CheckpointStatistics } from './job-status.ts';

export interface CheckpointSummary {
  readonly completedCheckpoints: number;
  readonly failedCheckpoints: number;
  readonly lastCheckpoint: CheckpointStatistics | undefined;
}

/** `history` undefined: the job takes no checkpoints. */
export function checkpointSummary(history: CheckpointHistory | undefined): CheckpointSummary {
  const latest = history?.latestCompleted;
  return {
    completedCheckpoints: history?.counts.completed ?? 0,
    failedCheckpoints: history?.counts.failed ?? 0,
    lastCheckpoint: latest === undefined ? undefined : checkpointStatistics(latest),
  };
}

export function checkpointStatistics(record: CheckpointRecord): CheckpointStatistics {
  const { checkpointId, durationMs = 0, checkpointedBytes, stateBytes, path = '', triggeredAtMs } = record;
  return {
    checkpointId,
    durationMs,
    writtenBytes: checkpointedBytes,
    stateBytes,
    path,
    completedAtMs: triggeredAtMs + durationMs,
  };
}

/** The answer to a checkpoint that somebody asked for. Throws CHECKPOINT_FAILED when there is none. */
export function requestedCheckpoint(answer: RequestAnswer, history: CheckpointHistory): CheckpointStatistics {
  if (answer.kind === 'completed') {
    const record = history.history.find(({ checkpointId }) => checkpointId === answer.checkpointId);
    if (record !== undefined) return checkpointStatistics(record);
  }
  const reason = answer.kind === 'failed' ? answer.reason : 'unknown outcome';
  throw new MillraceError('CHECKPOINT_FAILED', `Taking a checkpoint failed: ${reason}`);
}

/** How the job's failure is thrown. An error that is none of ours came out of a function of the job. */
export function jobError(record: ErrorRecord | undefined): MillraceError {
  const error = record === undefined ? new Error('The job failed') : fromErrorRecord(record);
  return withContext(error, record?.context ?? {}, 'USER_FUNCTION_FAILED');
}
