/**
 * Names of the file sink, a persisted format: what left a file must be known from its name alone.
 *
 *   temporary  .millrace-<job id>-<sink>-s<subtask>-e<epoch>-a<attempt>-c<counter>
 *   final      <prefix>-<run id>-<sink>-s<subtask>-e<epoch>-a<attempt>-c<counter><suffix>
 *
 * <sink> is the beginning of the operator id: two sinks of a job may share a folder. Temporary names are hidden, so that
 * whoever reads the folder by the usual patterns does not see them.
 */
import { assert } from '../../../base/assert.ts';
import { MillraceError } from '../../../base/errors.ts';
import type { JobId, OperatorId } from '../../../base/ids.ts';
import type { WriterId } from './file-sink-state.ts';

const SINK_LENGTH = 8;
const TAIL = '([0-9a-f]{8})-s(\\d+)-e(\\d+)-a(\\d+)-c(\\d+)';
const TEMPORARY = new RegExp(`^\\.millrace-([0-9a-f]{32})-${TAIL}$`);
const FINAL = new RegExp(`^[^.].*-([0-9A-Za-z]+)-${TAIL}(\\..*)?$`);
const RUN_ID = /^[0-9A-Za-z]+$/;

export interface TemporaryName {
  readonly jobId: string;
  readonly sink: string;
  readonly writer: WriterId;
  readonly counter: number;
}

export function sinkPart(operatorId: OperatorId): string {
  return operatorId.slice(0, SINK_LENGTH);
}

function tail(sink: string, writer: WriterId, counter: number): string {
  return `${sink}-s${writer.subtaskIndex}-e${writer.fencingEpoch}-a${writer.attemptNumber}-c${counter}`;
}

export function temporaryName(jobId: JobId, sink: string, writer: WriterId, counter: number): string {
  return `.millrace-${jobId}-${tail(sink, writer, counter)}`;
}

export interface FinalNameParts {
  readonly prefix: string;
  readonly suffix: string;
  readonly runId: string;
  readonly sink: string;
}

export function finalName(parts: FinalNameParts, writer: WriterId, counter: number): string {
  assert(RUN_ID.test(parts.runId), () => `Run id '${parts.runId}' is not letters and digits`);
  return `${parts.prefix}-${parts.runId}-${tail(parts.sink, writer, counter)}${parts.suffix}`;
}

export function parseTemporaryName(name: string): TemporaryName | undefined {
  const match = TEMPORARY.exec(name);
  if (match === null) return undefined;
  const [, jobId = '', sink = '', subtask = '', epoch = '', attempt = '', counter = ''] = match;
  return {
    jobId,
    sink,
    writer: { fencingEpoch: Number(epoch), attemptNumber: Number(attempt), subtaskIndex: Number(subtask) },
    counter: Number(counter),
  };
}

/** The run that wrote a file with a final name; undefined for files that no file sink wrote. */
export function runOfFinalName(name: string): string | undefined {
  return FINAL.exec(name)?.[1];
}

export function suffixOfFinalName(path: string): string {
  return FINAL.exec(path.slice(path.lastIndexOf('/') + 1))?.at(-1) ?? '';
}

/** @throws JOB_DEFINITION_INVALID for parts that would break the pattern or leave the folder */
export function checkNameParts(prefix: string, suffix: string): void {
  if (prefix === '' || prefix.startsWith('.') || /[/\\\0]/.test(prefix)) {
    throw invalid('prefix', prefix, "it must not be empty, start with '.' or contain '/' or '\\'");
  }
  if (suffix !== '' && (!suffix.startsWith('.') || /[/\\\0]/.test(suffix))) {
    throw invalid('suffix', suffix, "it must start with '.' and not contain '/' or '\\'");
  }
}

function invalid(what: string, value: string, why: string): MillraceError {
  return new MillraceError('JOB_DEFINITION_INVALID', `Making a file sink with ${what} '${value}' failed: ${why}`);
}
