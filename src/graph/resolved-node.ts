/**
 * Nodes of the stream graph with everything that is left open in them decided: parallelism, max parallelism, operator id,
 * partitioners. Nothing is checked here: check-definition.ts looks at the result, so that it can report all problems at once.
 */
import { must } from '../base/assert.ts';
import type { OperatorId } from '../base/ids.ts';
import { defaultMaxParallelism } from './max-parallelism.ts';
import { operatorIdOfPosition, operatorIdOfUid } from './operator-id.ts';
import type { Partitioner, StreamGraph, StreamNode } from './stream-graph.ts';

/** What command line and configuration say for operators that say nothing themselves. */
export interface JobGraphDefaults {
  readonly parallelism: number;
  /** pipeline.max-parallelism; undefined: derived from each operator's parallelism. */
  readonly maxParallelism: number | undefined;
  /** pipeline.operator-chaining.enabled; true when absent. */
  readonly isChainingEnabled?: boolean;
  /** pipeline.auto-generate-uids; true when absent. False: an operator without uid is a problem. */
  readonly isAutoUidAllowed?: boolean;
}

export interface ResolvedEdge {
  readonly source: ResolvedNode;
  readonly target: ResolvedNode;
  readonly inputIndex: number;
  readonly partitioner: Partitioner;
  readonly sideTag: string | undefined;
}

export interface ResolvedNode {
  readonly node: StreamNode;
  readonly operatorId: OperatorId;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** Set by the operator, the job or the configuration. */
  readonly hasExplicitMaxParallelism: boolean;
  readonly inputs: readonly ResolvedEdge[];
}

/** In the order of the definition, which is a topological one: an edge leads from a lower id to a higher one. */
export function resolveNodes(graph: StreamGraph, defaults: JobGraphDefaults): readonly ResolvedNode[] {
  const resolved: ResolvedNode[] = [];
  for (const node of graph.nodes) resolved.push(resolveNode(node, resolved, defaults));
  return resolved;
}

function resolveNode(node: StreamNode, before: readonly ResolvedNode[], defaults: JobGraphDefaults): ResolvedNode {
  const sources = node.inputs.map((edge) => must(before[edge.sourceId], `input of node ${node.id} defined before it`));
  const parallelism = node.parallelism ?? defaults.parallelism;
  const explicitMaxParallelism = node.maxParallelism ?? defaults.maxParallelism;
  const inputs: ResolvedEdge[] = [];
  const resolved: ResolvedNode = {
    node,
    operatorId: operatorIdOf(node, sources),
    parallelism,
    maxParallelism: explicitMaxParallelism ?? defaultMaxParallelism(parallelism),
    hasExplicitMaxParallelism: explicitMaxParallelism !== undefined,
    inputs,
  };
  for (const [position, edge] of node.inputs.entries()) {
    const source = must(sources[position], 'source of an edge');
    inputs.push({
      source,
      target: resolved,
      inputIndex: edge.inputIndex,
      partitioner: edge.partitioner ?? { kind: source.parallelism === parallelism ? 'forward' : 'rebalance' },
      sideTag: edge.sideTag,
    });
  }
  return resolved;
}

function operatorIdOf(node: StreamNode, sources: readonly ResolvedNode[]): OperatorId {
  if (node.uid !== undefined) return operatorIdOfUid(node.uid);
  return operatorIdOfPosition({
    index: node.id,
    kind: kindOf(node),
    inputs: sources.map((source) => source.operatorId),
  });
}

/** 'source', 'sink', or the operator's own: 'map', 'window', ... */
export function kindOf(node: StreamNode): string {
  return node.role.kind === 'operator' ? node.role.factory.kind : node.role.kind;
}
