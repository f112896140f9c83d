/** What stands at the end of a run: how it ended, what it did, and how it goes on. */
import { formatDuration, formatMemorySize } from '../base/duration.ts';
import type { CheckpointStatistics, JobOutcome, JobResult, JobStatusSnapshot } from '../job/job-status.ts';
import { printable } from './display-width.ts';
import { formatCount, formatRate } from './format-values.ts';
import type { Styles } from './styles.ts';

export interface JobSummary {
  readonly outcome: JobOutcome;
  readonly jobName: string;
  readonly runtimeMs: number;
  readonly restarts: number;
  readonly completedCheckpoints: number;
  readonly failedCheckpoints: number;
  readonly lastCheckpoint: CheckpointStatistics | undefined;
  /** Undefined for a job that failed: nobody counts them any more. */
  readonly records: { readonly in: number; readonly out: number; readonly lateDropped: number } | undefined;
}

export interface SummaryContext {
  /** The line that told which run this is; undefined when the job did not get so far. */
  readonly startLine: string | undefined;
  /** As the job's start told them. */
  readonly guarantees: readonly string[];
  /** What to type to go on from the last checkpoint, or from the beginning where there is none. */
  readonly resumeCommand: string | undefined;
}

export function summaryOfResult(result: JobResult): JobSummary {
  const { recordsIn, recordsOut, lateRecordsDropped } = result;
  return { ...result, records: { in: recordsIn, out: recordsOut, lateDropped: lateRecordsDropped } };
}

/** Of a job whose result is an error. */
export function summaryOfFailure(snapshot: JobStatusSnapshot): JobSummary {
  return { ...snapshot, outcome: 'FAILED', records: undefined };
}

export function summaryLines(summary: JobSummary, context: SummaryContext, styles: Styles): readonly string[] {
  const { outcome, jobName, runtimeMs, restarts } = summary;
  const rows: (readonly [string, string])[] = [
    ...recordRows(summary),
    ['restarts', formatCount(restarts)],
    ...checkpointRows(summary, context),
    ...context.guarantees.map((line, index) => [index === 0 ? 'guarantees' : '', line] as const),
    ...resumeRows(summary, context.resumeCommand),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const head = `${styles.bold(printable(jobName))} ${styledOutcome(outcome, styles)} after ${formatDuration(runtimeMs)}`;
  return [head, ...rows.map(([name, text]) => `  ${styles.dim(name.padEnd(width))}  ${text}`)];
}

function styledOutcome(outcome: JobOutcome, styles: Styles): string {
  if (outcome === 'FINISHED') return styles.green(outcome);
  return outcome === 'FAILED' ? styles.red(outcome) : styles.yellow(outcome);
}

function recordRows({ records, runtimeMs }: JobSummary): readonly (readonly [string, string])[] {
  if (records === undefined) return [];
  const rate = runtimeMs <= 0 ? '' : `, ${formatRate((records.in / runtimeMs) * 1000)}/s`;
  return [
    ['records', `${formatCount(records.in)} in, ${formatCount(records.out)} out${rate}`],
    ['late records', `${formatCount(records.lateDropped)} dropped`],
  ];
}

function checkpointRows(summary: JobSummary, { startLine }: SummaryContext): readonly (readonly [string, string])[] {
  const { completedCheckpoints, failedCheckpoints, lastCheckpoint } = summary;
  const counts = `${formatCount(completedCheckpoints)} completed, ${formatCount(failedCheckpoints)} failed`;
  // A run that has finished has deleted its checkpoints.
  if (summary.outcome === 'FINISHED') return [['checkpoints', counts]];
  return [['checkpoints', counts], ...lastCheckpointRow(lastCheckpoint, startLine)];
}

function lastCheckpointRow(
  checkpoint: CheckpointStatistics | undefined,
  startLine: string | undefined,
): readonly (readonly [string, string])[] {
  if (checkpoint === undefined) {
    return startLine === undefined ? [] : [['last checkpoint', `none since the start, which was: ${startLine}`]];
  }
  const { durationMs, stateBytes } = checkpoint;
  const path = checkpoint.path.replace(/\/_metadata$/, '');
  return [['last checkpoint', `${path} (${formatMemorySize(stateBytes)}, took ${formatDuration(durationMs)})`]];
}

function resumeRows({ outcome }: JobSummary, command: string | undefined): readonly (readonly [string, string])[] {
  if (command === undefined || outcome === 'FINISHED' || outcome === 'CANCELED') return [];
  return [['to go on', command]];
}
