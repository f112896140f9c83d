/**
 * Before anything starts, each sink looks at its target once: rights, and output of another run (OUTPUT_NOT_EMPTY). All sinks
 * are asked, so that a user sees every problem at once.
 */
import { MillraceError, messageOf } from '../base/errors.ts';
import type { SinkPrepareContext } from '../base/sink.ts';
import type { JobGraph } from '../graph/job-graph.ts';

export async function prepareSinks(jobGraph: JobGraph, context: SinkPrepareContext): Promise<void> {
  const failures: MillraceError[] = [];
  for (const { chain } of jobGraph.vertices) {
    for (const { role, name, uid } of chain) {
      if (role.kind !== 'sink') continue;
      const logger = context.logger.with({ operator: name });
      try {
        await role.sink.prepare?.({ ...context, logger });
      } catch (error) {
        failures.push(sinkFailure(error, name, uid));
      }
    }
  }
  const [first, ...more] = failures;
  if (first === undefined) return;
  if (more.length === 0) throw first;
  const messages = failures.map(({ message }) => message);
  throw new MillraceError(first.code, messages.join('\n  '), { cause: first, context: first.context });
}

function sinkFailure(error: unknown, operatorName: string, operatorUid: string): MillraceError {
  const context = { operatorName, operatorUid };
  if (!MillraceError.is(error)) {
    return new MillraceError('OUTPUT_FAILED', `Preparing sink '${operatorName}' failed: ${messageOf(error)}`, {
      cause: error,
      context,
    });
  }
  error.context = { ...context, ...error.context };
  return error;
}
