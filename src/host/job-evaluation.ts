/**
 * The job's definition is evaluated once for each slot and attempt, in every host: no function object is shared between two
 * subtasks or survives an attempt. Each evaluation must give the same job graph.
 */
import { MillraceError } from '../base/errors.ts';
import type { OperatorId } from '../base/ids.ts';
import { buildExecutionGraph } from '../graph/build-execution-graph.ts';
import { buildJobGraph } from '../graph/build-job-graph.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { JobGraph } from '../graph/job-graph.ts';
import type { JobDefinition } from '../graph/stream-graph.ts';

export interface EvaluationSettings {
  readonly parameters: ReadonlyMap<string, string>;
  readonly parallelism: number;
  readonly maxParallelism: number | undefined;
  /** Max parallelisms that a restored checkpoint dictates to vertices which do not set their own. */
  readonly adoptedMaxParallelism: ReadonlyMap<OperatorId, number>;
}

/** @throws JOB_DEFINITION_NOT_DETERMINISTIC when the graph's hash is not the expected one (undefined: the first evaluation). */
export function evaluateJob(
  definition: JobDefinition,
  settings: EvaluationSettings,
  expectedHash: string | undefined,
): ExecutionGraph {
  const { parameters, parallelism, maxParallelism } = settings;
  const jobGraph = buildJobGraph(definition.build({ parameters, parallelism }), { parallelism, maxParallelism });
  if (expectedHash !== undefined && jobGraph.hash !== expectedHash) {
    throw new MillraceError(
      'JOB_DEFINITION_NOT_DETERMINISTIC',
      `Evaluating job '${definition.name}' failed: its definition gave job graph ${jobGraph.hash}, before it gave ${expectedHash}`,
    );
  }
  return buildExecutionGraph(adoptMaxParallelism(jobGraph, settings.adoptedMaxParallelism));
}

/** The hash stays that of the definition. */
export function adoptMaxParallelism(jobGraph: JobGraph, adopted: ReadonlyMap<OperatorId, number>): JobGraph {
  if (adopted.size === 0) return jobGraph;
  const vertices = jobGraph.vertices.map((vertex) => ({
    ...vertex,
    maxParallelism: adopted.get(vertex.id) ?? vertex.maxParallelism,
  }));
  return { ...jobGraph, vertices };
}
