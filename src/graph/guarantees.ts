/**
 * Source → sink guarantees end to end: a result is as safe as the weakest of its source, the checkpoint mode and its sink. All
 * three have the same three levels.
 */
import { must } from '../base/assert.ts';
import type { OperatorId } from '../base/ids.ts';
import type { ChainedOperator, JobGraph } from './job-graph.ts';

/** execution.checkpointing.mode; undefined when the job takes no checkpoints. */
export type CheckpointMode = 'EXACTLY_ONCE' | 'AT_LEAST_ONCE' | undefined;
export type Guarantee = 'exactly-once' | 'at-least-once' | 'none';

export interface EndToEndGuarantee {
  readonly source: ChainedOperator;
  readonly sink: ChainedOperator;
  readonly sourceGuarantee: Guarantee;
  readonly sinkGuarantee: Guarantee;
  readonly checkpointGuarantee: Guarantee;
  /** The weakest of the three. */
  readonly guarantee: Guarantee;
}

const STRENGTH: Readonly<Record<Guarantee, number>> = { none: 0, 'at-least-once': 1, 'exactly-once': 2 };

/** One row for each source and each sink that its records can reach, in the order of the graph. */
export function endToEndGuarantees(jobGraph: JobGraph, mode: CheckpointMode): readonly EndToEndGuarantee[] {
  const checkpointGuarantee = guaranteeOfMode(mode);
  const rows: EndToEndGuarantee[] = [];
  for (const { source, sinks } of reachableSinks(jobGraph)) {
    for (const sink of sinks) {
      if (source.role.kind !== 'source' || sink.role.kind !== 'sink') continue;
      const sourceGuarantee = source.role.source.guarantee;
      const sinkGuarantee = sink.role.sink.guarantee;
      const guarantee = weakest([sourceGuarantee, checkpointGuarantee, sinkGuarantee]);
      rows.push({ source, sink, sourceGuarantee, sinkGuarantee, checkpointGuarantee, guarantee });
    }
  }
  return rows;
}

function guaranteeOfMode(mode: CheckpointMode): Guarantee {
  if (mode === undefined) return 'none';
  return mode === 'EXACTLY_ONCE' ? 'exactly-once' : 'at-least-once';
}

function weakest(guarantees: readonly Guarantee[]): Guarantee {
  return guarantees.reduce((a, b) => (STRENGTH[a] <= STRENGTH[b] ? a : b));
}

interface Reach {
  readonly source: ChainedOperator;
  readonly sinks: readonly ChainedOperator[];
}

function reachableSinks(jobGraph: JobGraph): readonly Reach[] {
  const operators = new Map(
    jobGraph.vertices.flatMap((vertex) => vertex.chain.map((op) => [op.operatorId, op] as const)),
  );
  const followers = followersById(jobGraph);
  return [...operators.values()]
    .filter((operator) => operator.role.kind === 'source')
    .map((source) => {
      const reached = new Set<OperatorId>();
      const open = [source.operatorId];
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        if (reached.has(id)) continue;
        reached.add(id);
        open.push(...(followers.get(id) ?? []));
      }
      return {
        source,
        sinks: [...operators.values()].filter((op) => op.role.kind === 'sink' && reached.has(op.operatorId)),
      };
    });
}

function followersById(jobGraph: JobGraph): ReadonlyMap<OperatorId, readonly OperatorId[]> {
  const followers = new Map<OperatorId, OperatorId[]>();
  const add = (from: ChainedOperator, to: OperatorId): void => {
    followers.set(from.operatorId, [...(followers.get(from.operatorId) ?? []), to]);
  };
  for (const vertex of jobGraph.vertices) {
    for (const operator of vertex.chain) {
      for (const next of operator.next)
        add(operator, must(vertex.chain[next.chainIndex], 'chained operator').operatorId);
    }
    for (const edge of vertex.outputs) {
      add(must(vertex.chain[edge.sourceChainIndex], 'operator that emits into an edge'), edge.targetVertex);
    }
  }
  return followers;
}
