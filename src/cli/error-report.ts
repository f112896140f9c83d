/**
 * An error as a person reads it: what failed, the user's own code that did it, where in the job, why, and what to do. Only bugs of
 * the engine show a whole stack.
 *
 *   error USER_FUNCTION_FAILED: TypeError: order 42 has no price
 *       at PriceOf.processElement (job.ts:12:11)
 *     in     job 'prices', operator 'price-of', subtask 1, attempt 3
 *     hint   Look at the first frame of the stack: it is in the job
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError, messageOf } from '../base/errors.ts';
import type { ErrorContext } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import type { Styles } from '../metrics/styles.ts';

export interface ReportSettings {
  readonly styles: Styles;
  /** Paths below it are shown relative to it. */
  readonly workingDirectory: string;
  /** Frames of the engine are no frames of the user. Default: the folders of this package. */
  readonly engineDirectories?: readonly string[];
}

const FRAMES_MAX = 3;
const CAUSES_MAX = 4;
/** 'at PriceOf.map (file:///job.ts:12:11)', 'at /job.ts:12:11'. */
const FRAME = /^\s*at (?:(.+?) \()?(?:async )?((?:file:\/\/|\/).+?):(\d+:\d+)\)?$/;
/** Of this package. Source maps lead from dist/ to src/. */
const ENGINE_DIRECTORIES = ['src/', 'dist/', 'bin/'].map((name) =>
  fileURLToPath(new URL(`../../${name}`, import.meta.url)),
);

export function errorReport(error: unknown, settings: ReportSettings): readonly string[] {
  const { styles } = settings;
  const chain = causeChain(error);
  const [outermost] = chain;
  const frames = firstUserFrames(chain, settings);
  const isBug = chain.some((link) => MillraceError.is(link) && link.domain === 'internal');
  const isUnexplained = frames.length === 0 && !MillraceError.is(outermost);
  const label = (name: string): string => styles.dim(name.padEnd(6));
  const context = contextText(chain);
  const lines = [
    `${styles.red(styles.bold('error'))} ${headline(chain)}`,
    ...frames.map((frame) => `    ${styles.cyan(`at ${frame}`)}`),
    ...(context === '' ? [] : [`  ${label('in')} ${context}`]),
    ...causeLines(chain).map((cause) => `  ${label('cause')} ${cause}`),
    ...(isBug || isUnexplained ? stackLines(chain.at(-1) ?? outermost).map((line) => `  ${styles.dim(line)}`) : []),
    ...hints(chain).map((hint) => `  ${label('hint')} ${hint}`),
  ];
  return lines.flatMap((line) => redact(line).split('\n'));
}

/** The error and its causes, outermost first. */
function causeChain(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  let next: unknown = error;
  while (next !== undefined && chain.length < 10) {
    const known: Error = next instanceof Error || MillraceError.is(next) ? next : new Error(messageOf(next));
    if (chain.includes(known)) break;
    chain.push(known);
    next = known.cause;
  }
  return chain;
}

function headline(chain: readonly Error[]): string {
  const [outermost, cause] = chain;
  if (outermost === undefined) return 'nothing is known of it';
  const isWrapped = cause !== undefined && cause.message === outermost.message;
  const ownName = isWrapped ? nameOf(cause) : MillraceError.is(outermost) ? '' : nameOf(outermost);
  const code = MillraceError.is(outermost) ? `${outermost.code}: ` : '';
  return `${code}${ownName === '' ? '' : `${ownName}: `}${outermost.message}`;
}

/** '' where the name says nothing. */
function nameOf(error: Error): string {
  if (MillraceError.is(error)) return error.code;
  return error.name === 'Error' ? '' : error.name;
}

/** One line each; what only repeats the message before it is left out. */
function causeLines(chain: readonly Error[]): readonly string[] {
  const lines = chain.flatMap((cause, index) => {
    const before = chain[index - 1];
    if (before === undefined || before.message === cause.message) return [];
    const follower = chain[index + 1];
    const name = follower?.message === cause.message ? [nameOf(cause), nameOf(follower)] : [nameOf(cause)];
    const [firstLine = ''] = cause.message.split('\n');
    return [[...name.filter((part) => part !== ''), firstLine].join(': ')];
  });
  return lines.slice(0, CAUSES_MAX);
}

function contextText(chain: readonly Error[]): string {
  const merged: ErrorContext = Object.assign(
    {},
    ...chain.filter((error) => MillraceError.is(error)).map(({ context }) => context),
  ) as ErrorContext; // assign's type forgets what the parts are
  const { jobName, operatorName, subtaskIndex, attemptNumber, checkpointId } = merged;
  return [
    ...(jobName === undefined ? [] : [`job '${jobName}'`]),
    ...(operatorName === undefined ? [] : [`operator '${operatorName}'`]),
    ...(subtaskIndex === undefined ? [] : [`subtask ${subtaskIndex}`]),
    ...(attemptNumber === undefined ? [] : [`attempt ${attemptNumber}`]),
    ...(checkpointId === undefined ? [] : [`checkpoint ${checkpointId}`]),
  ].join(', ');
}

/** The innermost error knows best what to do. */
function hints(chain: readonly Error[]): readonly string[] {
  const innermost = chain.filter((error) => MillraceError.is(error)).at(-1);
  return innermost === undefined ? [] : [innermost.hint];
}

/** Of the innermost error that passed through code of the user. */
function firstUserFrames(chain: readonly Error[], settings: ReportSettings): readonly string[] {
  for (const error of chain.toReversed()) {
    const frames = userFrames(error.stack ?? '', settings);
    if (frames.length > 0) return frames.slice(0, FRAMES_MAX);
  }
  return [];
}

/** Frames of user code, without those of Node, of packages and of the engine: 'PriceOf.map (job.ts:12:11)'. */
export function userFrames(stack: string, settings: ReportSettings): readonly string[] {
  const engine = settings.engineDirectories ?? ENGINE_DIRECTORIES;
  return stack.split('\n').flatMap((line) => {
    const [, caller, file, position] = FRAME.exec(line) ?? [];
    if (file === undefined || position === undefined || file.includes('<anonymous>')) return [];
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    if (engine.some((directory) => path.startsWith(directory)) || path.includes('/node_modules/')) return [];
    const fromHere = relative(settings.workingDirectory, path);
    const place = `${fromHere.startsWith('..') ? path : fromHere}:${position}`;
    return [caller === undefined ? place : `${caller} (${place})`];
  });
}

function stackLines(error: Error | undefined): readonly string[] {
  return (error?.stack ?? '').split('\n').filter((line) => /^\s*at /.test(line));
}
