/** Stream graph → job graph: decides what is open, checks everything, chains operators, and hashes the result. */
import { assert, must } from '../base/assert.ts';
import { chainsOf } from './chaining.ts';
import type { Chain } from './chaining.ts';
import { checkDefinition } from './check-definition.ts';
import { jobGraphHash } from './job-graph-hash.ts';
import type { ChainedOperator, JobEdge, JobGraph, JobVertex } from './job-graph.ts';
import { kindOf, resolveNodes } from './resolved-node.ts';
import type { JobGraphDefaults, ResolvedEdge, ResolvedNode } from './resolved-node.ts';
import type { StreamGraph } from './stream-graph.ts';
import { vertexName } from './vertex-name.ts';

/** @throws JOB_DEFINITION_INVALID, DUPLICATE_UID, PARALLELISM_TOO_HIGH, with all problems in one message */
export function buildJobGraph(streamGraph: StreamGraph, defaults: JobGraphDefaults): JobGraph {
  const nodes = resolveNodes(streamGraph, defaults);
  checkDefinition(streamGraph, nodes, defaults);
  assert(new Set(nodes.map((node) => node.operatorId)).size === nodes.length, 'Two operators got the same operator id');

  const chains = chainsOf(nodes, defaults.isChainingEnabled ?? true);
  const edges = exchanges(chains);
  const vertices = chains.map((chain) => vertexOf(chain, edges));
  const graph = { jobName: streamGraph.jobName, vertices, edges, configuration: streamGraph.configuration };
  return { ...graph, hash: jobGraphHash(graph) };
}

function exchanges(chains: readonly Chain[]): readonly JobEdge[] {
  const chainOf = new Map(
    chains.flatMap((chain) => chain.members.map((member): [ResolvedNode, Chain] => [member, chain])),
  );
  const crossing = chains.flatMap((chain) => chain.head.inputs);
  return crossing.map((edge, id) => {
    const sourceChain = must(chainOf.get(edge.source), 'chain of an edge source');
    return {
      id,
      sourceVertex: sourceChain.head.operatorId,
      sourceChainIndex: sourceChain.members.indexOf(edge.source),
      sideTag: edge.sideTag,
      targetVertex: edge.target.operatorId,
      inputIndex: edge.inputIndex,
      partitioner: edge.partitioner,
    };
  });
}

function vertexOf(chain: Chain, edges: readonly JobEdge[]): JobVertex {
  const { head } = chain;
  const operators = chain.members.map((member) => chainedOperator(member, chain));
  return {
    id: head.operatorId,
    name: vertexName(operators),
    parallelism: head.parallelism,
    maxParallelism: head.maxParallelism,
    hasExplicitMaxParallelism: head.hasExplicitMaxParallelism,
    chain: operators,
    inputs: edges.filter((edge) => edge.targetVertex === head.operatorId),
    outputs: edges.filter((edge) => edge.sourceVertex === head.operatorId),
  };
}

function chainedOperator(member: ResolvedNode, chain: Chain): ChainedOperator {
  const { node } = member;
  assert(
    member === chain.head || node.keys.every((key) => key === undefined),
    () => `Keyed operator '${node.name}' is not the head of its chain`,
  );
  const next = chain.members.flatMap((target, chainIndex) =>
    target === chain.head
      ? []
      : target.inputs.filter((edge) => edge.source === member).map((edge) => link(edge, chainIndex)),
  );
  return {
    operatorId: member.operatorId,
    uid: node.uid ?? `${kindOf(node)}#${node.id}`,
    hasUserUid: node.uid !== undefined,
    name: node.name,
    role: node.role,
    keys: node.keys,
    next,
  };
}

function link(edge: ResolvedEdge, chainIndex: number): ChainedOperator['next'][number] {
  return { chainIndex, sideTag: edge.sideTag };
}
