import { median } from './median.ts';

export interface CompletedCheckpoint {
  readonly durationMs: number;
  readonly writtenBytes: number;
  readonly stateBytes: number;
  /** When it was complete, in ms of this process. */
  readonly atMs: number;
}

export interface CheckpointFigures {
  readonly count: number;
  readonly medianMs: number;
  readonly longestMs: number;
  /** Written by a checkpoint. */
  readonly medianBytes: number;
  readonly largestBytes: number;
  /** What a restore would read, of the latest. */
  readonly stateBytes: number;
}

/** Of the checkpoints that were complete after the given moment. */
export function checkpointFigures(all: readonly CompletedCheckpoint[], afterMs: number): CheckpointFigures {
  const checkpoints = all.filter(({ atMs }) => atMs > afterMs);
  const durations = checkpoints.map(({ durationMs }) => durationMs);
  const bytes = checkpoints.map(({ writtenBytes }) => writtenBytes);
  return {
    count: checkpoints.length,
    medianMs: median(durations),
    longestMs: Math.max(0, ...durations),
    medianBytes: median(bytes),
    largestBytes: Math.max(0, ...bytes),
    stateBytes: checkpoints.at(-1)?.stateBytes ?? 0,
  };
}
