import { MillraceError } from '../base/errors.ts';
import type { JobDefinition } from '../graph/stream-graph.ts';

/** What `job()` leaves on its result, also in another copy of the package. */
const JOB_MARKER: symbol = Symbol.for('millrace.job');

/** The job that a module exports. @throws JOB_MODULE_INVALID */
export function jobOf(moduleExports: unknown, path: string): JobDefinition {
  const exported =
    typeof moduleExports === 'object' && moduleExports !== null && 'default' in moduleExports
      ? moduleExports.default
      : undefined;
  if (isJob(exported)) return exported;
  const found = exported === undefined ? 'it has no default export' : 'its default export was not made by job()';
  throw new MillraceError('JOB_MODULE_INVALID', `Loading job module '${path}' failed: ${found}`);
}

function isJob(value: unknown): value is JobDefinition {
  return typeof value === 'object' && value !== null && JOB_MARKER in value;
}
