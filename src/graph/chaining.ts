/**
 * Which operators run fused in one subtask, handing records over by calls. Flink's conditions: forward edge, same parallelism, the
 * target has no other input, and neither side objects. Besides that the target must not ask for a max parallelism of its own.
 *
 * A chain is a tree: its head feeds several operators if each of them has that single input. Keyed operators are always heads,
 * because what leads to them is a hash exchange.
 */
import { must } from '../base/assert.ts';
import type { ResolvedEdge, ResolvedNode } from './resolved-node.ts';

export interface Chain {
  readonly head: ResolvedNode;
  /** Head first; each operator comes after what feeds it. */
  readonly members: readonly ResolvedNode[];
}

/** In the order of their heads, which is a topological one. */
export function chainsOf(nodes: readonly ResolvedNode[], isChainingEnabled: boolean): readonly Chain[] {
  const members = new Map<ResolvedNode, ResolvedNode[]>();
  const headOf = new Map<ResolvedNode, ResolvedNode>();
  for (const node of nodes) {
    const edge = isChainingEnabled ? chainedInput(node, headOf) : undefined;
    const head = edge === undefined ? node : must(headOf.get(edge.source), 'head of an operator defined earlier');
    headOf.set(node, head);
    if (head === node) members.set(node, [node]);
    else must(members.get(head), 'chain of a head').push(node);
  }
  return [...members].map(([head, chained]) => ({ head, members: chained }));
}

function chainedInput(target: ResolvedNode, headOf: ReadonlyMap<ResolvedNode, ResolvedNode>): ResolvedEdge | undefined {
  const [edge] = target.inputs;
  if (edge === undefined || target.inputs.length > 1 || target.node.chaining !== 'always') return undefined;
  if (edge.source.node.chaining === 'never' || edge.partitioner.kind !== 'forward') return undefined;
  const head = must(headOf.get(edge.source), 'head of an operator defined earlier');
  const hasOwnMax = target.node.maxParallelism !== undefined && target.maxParallelism !== head.maxParallelism;
  return hasOwnMax || edge.source.parallelism !== target.parallelism ? undefined : edge;
}
