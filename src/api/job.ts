import { MillraceError, withContext } from '../base/errors.ts';
import { isThenable } from '../base/promise-not-allowed.ts';
import { markJob } from '../graph/job-mark.ts';
import type { JobBuildContext, JobDefinition, StreamGraph } from '../graph/stream-graph.ts';
import { StreamExecutionEnvironment } from './stream-execution-environment.ts';

/** Keeps an async `define` from compiling. */
type NotPromise<R> = R extends PromiseLike<unknown> ? never : unknown;

type Define = (env: StreamExecutionEnvironment) => unknown;

/**
 * What a job module exports:
 *
 *     export default job('word-count', (env) => { ... });
 *
 * `define` runs once for each slot and attempt, in every host, so that no function object is shared by subtasks or opened twice; each
 * time it must describe the same job. So it uses neither clock nor randomness nor anything that changes outside.
 *
 * @param define synchronous; what it returns is ignored
 * @throws JOB_DEFINITION_INVALID when the name is empty
 */
export function job<R>(name: string, define: (env: StreamExecutionEnvironment) => R & NotPromise<R>): JobDefinition {
  if (name.trim() === '') throw new MillraceError('JOB_DEFINITION_INVALID', 'Making a job failed: its name is empty');
  return markJob({ name, build: (context) => evaluate(name, define, context) });
}

function evaluate(name: string, define: Define, context: JobBuildContext): StreamGraph {
  const env = StreamExecutionEnvironment.forJob(context);
  let result: unknown;
  try {
    result = define(env);
  } catch (error) {
    throw withContext(error, { jobName: name }, 'JOB_DEFINITION_INVALID');
  }
  if (isThenable(result)) {
    // Its outcome does not count any more, but a rejection must not become an unhandled one beside the error below.
    result.then(undefined, () => undefined);
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      `Building job '${name}' failed: its definition returned a promise; connections belong in the open method of a function`,
      { context: { jobName: name } },
    );
  }
  return env.toStreamGraph(name);
}
