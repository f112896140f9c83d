import { ERROR_CATALOGUE } from './error-catalogue.ts';
import type { ErrorCode, ErrorDomain, ErrorRecovery } from './error-catalogue.ts';

/** Where in the job an error arose; each layer adds what it knows on the way up. */
export interface ErrorContext {
  readonly jobName?: string;
  readonly jobId?: string;
  readonly operatorUid?: string;
  readonly operatorName?: string;
  readonly subtaskIndex?: number;
  readonly attemptNumber?: number;
  readonly checkpointId?: number;
}

export interface ErrorOptions {
  readonly cause?: unknown;
  readonly context?: ErrorContext;
  /** Overrides the catalogue's recovery, for an error that is known not to go away by itself. */
  readonly recovery?: ErrorRecovery;
}

const MARKER = Symbol.for('millrace.error');

/**
 * The one error class of Millrace. What it means and what to do stands in the catalogue under its `code`;
 * restart strategies read `recovery`, never the message.
 */
export class MillraceError extends Error {
  readonly code: ErrorCode;
  readonly domain: ErrorDomain;
  readonly recovery: ErrorRecovery;
  context: ErrorContext;

  static {
    Object.defineProperty(MillraceError.prototype, MARKER, { value: true });
  }

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MillraceError';
    this.code = code;
    this.domain = ERROR_CATALOGUE[code].domain;
    this.recovery = options.recovery ?? ERROR_CATALOGUE[code].recovery;
    this.context = options.context ?? {};
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** True for errors of this class, also of a second copy of the package or another thread's realm. */
  static is(error: unknown): error is MillraceError {
    return typeof error === 'object' && error !== null && MARKER in error;
  }

  /** The hint of the catalogue: what to do about it. */
  get hint(): string {
    return ERROR_CATALOGUE[this.code].whatToDo;
  }
}

/** Adds what this layer knows; what deeper layers said stays. Returns a MillraceError in every case. */
export function withContext(error: unknown, context: ErrorContext, code: ErrorCode): MillraceError {
  if (MillraceError.is(error)) {
    error.context = { ...context, ...error.context };
    return error;
  }
  return new MillraceError(code, messageOf(error), { cause: error, context });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * For an error that crossed threads by itself, as a Worker's 'error' event: its properties have come along, its class has not.
 * Undefined when it was none of ours.
 */
export function revivedError(error: unknown): MillraceError | undefined {
  if (MillraceError.is(error)) return error;
  if (!(error instanceof Error) || error.name !== 'MillraceError' || !('code' in error)) return undefined;
  const code = Object.keys(ERROR_CATALOGUE).find((known): known is ErrorCode => known === error.code);
  if (code === undefined) return undefined;
  // Written by our own constructor on the other side.
  const { context } = error as Partial<Pick<MillraceError, 'context'>>;
  const revived = new MillraceError(code, error.message, { cause: error.cause, ...(context && { context }) });
  if (error.stack !== undefined) revived.stack = error.stack;
  return revived;
}

/** An error as plain data, for crossing threads, logs and files. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Set for a MillraceError; identity survives by code, not by class. */
  readonly code?: ErrorCode;
  readonly recovery?: ErrorRecovery;
  readonly context?: ErrorContext;
  readonly cause?: ErrorRecord;
}

/** How many causes are kept when an error crosses a thread. */
const CAUSE_DEPTH_MAX = 5;

export function toErrorRecord(error: unknown, depth: number = CAUSE_DEPTH_MAX): ErrorRecord {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const cause = error.cause;
  return {
    name: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(MillraceError.is(error) ? { code: error.code, recovery: error.recovery, context: error.context } : {}),
    ...(cause === undefined || depth <= 0 ? {} : { cause: toErrorRecord(cause, depth - 1) }),
  };
}

export function fromErrorRecord(record: ErrorRecord): Error {
  const cause = record.cause === undefined ? undefined : fromErrorRecord(record.cause);
  const error =
    record.code === undefined
      ? new Error(record.message, cause === undefined ? undefined : { cause })
      : new MillraceError(record.code, record.message, {
          ...(cause === undefined ? {} : { cause }),
          ...(record.context === undefined ? {} : { context: record.context }),
          ...(record.recovery === undefined ? {} : { recovery: record.recovery }),
        });
  if (!MillraceError.is(error)) error.name = record.name;
  if (record.stack !== undefined) error.stack = record.stack;
  return error;
}
