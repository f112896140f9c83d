/**
 * A job carries the mark of the copy of this package that made it. By the mark a module's export is recognised as a job, and a job
 * of another copy, whose classes and errors this copy does not know, is told from one of ours.
 */
import { MillraceError } from '../base/errors.ts';
import type { JobDefinition } from './stream-graph.ts';

const MARK = Symbol.for('millrace.job');

/** One object a copy and thread: jobs of this copy carry this very object. */
const THIS_COPY: { readonly url: string } = Object.freeze({ url: import.meta.url });

/** Called by job() only. */
export function markJob(definition: JobDefinition): JobDefinition {
  return Object.freeze({ ...definition, [MARK]: THIS_COPY });
}

/**
 * The job that a module exports by default.
 * @param where path of the module, for messages
 * @throws JOB_MODULE_INVALID when it is no job, ENGINE_LOADED_TWICE when another copy of the package made it
 */
export function requireJob(exported: unknown, where: string): JobDefinition {
  if (!isMarked(exported)) {
    throw new MillraceError('JOB_MODULE_INVALID', `Loading job module '${where}' failed: ${whatItIs(exported)}`);
  }
  if (exported[MARK] === THIS_COPY) return exported;
  throw new MillraceError(
    'ENGINE_LOADED_TWICE',
    `Loading job module '${where}' failed: the job was made by the copy of millrace at '${urlOf(exported[MARK])}', and this one is at '${THIS_COPY.url}'`,
  );
}

function isMarked(value: unknown): value is JobDefinition & { readonly [MARK]: unknown } {
  return typeof value === 'object' && value !== null && MARK in value;
}

function urlOf(copy: unknown): string {
  return typeof copy === 'object' && copy !== null && 'url' in copy ? String(copy.url) : 'an unknown place';
}

function whatItIs(value: unknown): string {
  if (value === undefined) return 'it has no default export';
  if (typeof value === 'function') return 'its default export is a function; wrap it: export default job(name, define)';
  return 'its default export was not made by job()';
}
