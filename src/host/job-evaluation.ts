/**
 * The job's definition is evaluated once for each slot and attempt, in every host: no function object is shared between two
 * subtasks or survives an attempt. Each evaluation must give the same job graph.
 */
import { MillraceError } from '../base/errors.ts';
import type { OperatorId } from '../base/ids.ts';
import { buildExecutionGraph } from '../graph/build-execution-graph.ts';
import { buildJobGraph } from '../graph/build-job-graph.ts';
import { graphDifference } from '../graph/job-graph-hash.ts';
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

/** Chance may give the same graph a few times. */
const EVALUATIONS_TO_EXPLAIN = 20;

/** @throws JOB_DEFINITION_NOT_DETERMINISTIC when the graph's hash is not the expected one (undefined: the first evaluation). */
export function evaluateJob(
  definition: JobDefinition,
  settings: EvaluationSettings,
  expectedHash: string | undefined,
): ExecutionGraph {
  const jobGraph = evaluate(definition, settings);
  if (expectedHash !== undefined && jobGraph.hash !== expectedHash)
    throw notDeterministic(definition, settings, jobGraph);
  return buildExecutionGraph(adoptMaxParallelism(jobGraph, settings.adoptedMaxParallelism));
}

function evaluate(definition: JobDefinition, settings: EvaluationSettings): JobGraph {
  const { parameters, parallelism, maxParallelism } = settings;
  return buildJobGraph(definition.build({ parameters, parallelism }), { parallelism, maxParallelism });
}

/** What the expected graph looked like is not known here; what one thread makes of the definition twice shows the difference, mostly. */
function notDeterministic(definition: JobDefinition, settings: EvaluationSettings, jobGraph: JobGraph): MillraceError {
  let difference: string | undefined;
  for (let again = 0; again < EVALUATIONS_TO_EXPLAIN && difference === undefined; again++) {
    difference = graphDifference(jobGraph, evaluate(definition, settings));
  }
  const what = difference === undefined ? 'it is another one here than at the start of the job' : difference;
  return new MillraceError(
    'JOB_DEFINITION_NOT_DETERMINISTIC',
    `Evaluating job '${definition.name}' failed: its definition does not give the same job graph each time: ${what}`,
  );
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
