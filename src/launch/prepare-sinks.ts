/**
 * Before anything starts, each sink looks at its target: rights, and output of another run (OUTPUT_NOT_EMPTY). All sinks are asked, so
 * that a user sees every problem at once. One that does not answer in time counts as one that refuses, and what it is at is left
 * to itself.
 */
import { MillraceError, messageOf } from '../base/errors.ts';
import { settleWithin } from '../base/settle-within.ts';
import type { SettleBound } from '../base/settle-within.ts';
import type { Sink, SinkCheckContext, SinkPrepareContext } from '../base/sink.ts';
import type { JobGraph } from '../graph/job-graph.ts';

/** Before this process owns the job: nothing is changed. */
export function checkSinks(jobGraph: JobGraph, context: SinkCheckContext, timeoutMs: number): Promise<void> {
  return forEachSink(jobGraph, { environment: context.environment, timeoutMs }, async (sink, operator) => {
    await sink.check?.({ ...context, logger: context.logger.with({ operator }) });
  });
}

/** Once it owns the job: what stands in the way and may be removed is removed. */
export function prepareSinks(jobGraph: JobGraph, context: SinkPrepareContext, timeoutMs: number): Promise<void> {
  return forEachSink(jobGraph, { environment: context.environment, timeoutMs }, async (sink, operator) => {
    await sink.prepare?.({ ...context, logger: context.logger.with({ operator }) });
  });
}

async function forEachSink(
  jobGraph: JobGraph,
  bound: Pick<SettleBound, 'environment' | 'timeoutMs'>,
  ask: (sink: Sink<unknown>, operatorName: string) => Promise<void>,
): Promise<void> {
  const failures: MillraceError[] = [];
  for (const { chain } of jobGraph.vertices) {
    for (const { role, name, uid } of chain) {
      if (role.kind !== 'sink') continue;
      try {
        await settleWithin(ask(role.sink, name), { ...bound, what: `Preparing sink '${name}'` });
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
