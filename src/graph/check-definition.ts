/**
 * What a definition must obey before a job graph is made of it. All problems are collected and reported in one error: its code is
 * the problems' own when they agree on one, else JOB_DEFINITION_INVALID.
 */
import type { ErrorCode } from '../base/error-catalogue.ts';
import { MillraceError } from '../base/errors.ts';
import { MAX_PARALLELISM_LIMIT } from './max-parallelism.ts';
import type { JobGraphDefaults, ResolvedEdge, ResolvedNode } from './resolved-node.ts';
import type { StreamGraph, StreamNode } from './stream-graph.ts';

interface Problem {
  readonly code: ErrorCode;
  readonly text: string;
}

/** @throws JOB_DEFINITION_INVALID, DUPLICATE_UID, PARALLELISM_TOO_HIGH */
export function checkDefinition(graph: StreamGraph, nodes: readonly ResolvedNode[], defaults: JobGraphDefaults): void {
  const problems = [
    ...wholeJob(graph),
    ...duplicateUids(nodes),
    ...nodes.flatMap((node) => [...uid(node, defaults), ...parallelism(node), ...states(node.node), ...inputs(node)]),
    ...unusedSources(nodes),
  ];
  const [first] = problems;
  if (first === undefined) return;
  const code = problems.every((problem) => problem.code === first.code) ? first.code : 'JOB_DEFINITION_INVALID';
  const list = problems.map((problem) => problem.text);
  const detail = list.length === 1 ? list.join() : list.map((text) => `\n  - ${text}`).join('');
  throw new MillraceError(code, `Building job '${graph.jobName}' failed: ${detail}`, {
    context: { jobName: graph.jobName },
  });
}

/** "source 'flights'", "operator 'mean delay' (uid 'mean-delay')": how messages name a node. */
export function nameOf(node: StreamNode): string {
  const uidPart = node.uid === undefined ? '' : ` (uid '${node.uid}')`;
  return `${node.role.kind} '${node.name}'${uidPart}`;
}

function* wholeJob(graph: StreamGraph): Generator<Problem> {
  if (!graph.nodes.some((node) => node.role.kind === 'source')) {
    yield invalid('the job has no source: start with env.fromSource(...)');
  }
  if (!graph.nodes.some((node) => node.role.kind === 'sink')) {
    yield invalid('the job has no sink: end a stream with sinkTo(...) or print()');
  }
}

function* duplicateUids(nodes: readonly ResolvedNode[]): Generator<Problem> {
  const byUid = new Map<string, StreamNode[]>();
  for (const { node } of nodes) {
    if (node.uid !== undefined) byUid.set(node.uid, [...(byUid.get(node.uid) ?? []), node]);
  }
  for (const [uidText, owners] of byUid) {
    if (owners.length < 2) continue;
    const names = owners.map((node) => `${node.role.kind} '${node.name}'`).join(', ');
    yield { code: 'DUPLICATE_UID', text: `uid '${uidText}' is used by ${owners.length} operators: ${names}` };
  }
}

function* uid({ node }: ResolvedNode, defaults: JobGraphDefaults): Generator<Problem> {
  if (node.uid === '') yield invalid(`${node.role.kind} '${node.name}' has an empty uid`);
  if (node.uid === undefined && defaults.isAutoUidAllowed === false) {
    yield invalid(`${nameOf(node)} has no uid, and pipeline.auto-generate-uids is false`);
  }
}

function* parallelism(resolved: ResolvedNode): Generator<Problem> {
  const name = nameOf(resolved.node);
  const { parallelism: actual, maxParallelism } = resolved;
  const hasParallelism = Number.isInteger(actual) && actual >= 1;
  const hasMax = Number.isInteger(maxParallelism) && maxParallelism >= 1 && maxParallelism <= MAX_PARALLELISM_LIMIT;
  if (!hasParallelism) yield invalid(`${name} has parallelism ${actual}: it must be an integer of at least 1`);
  if (!hasMax) {
    yield invalid(
      `${name} has max parallelism ${maxParallelism}: it must be an integer from 1 to ${MAX_PARALLELISM_LIMIT}`,
    );
  }
  if (hasParallelism && hasMax && actual > maxParallelism) {
    yield {
      code: 'PARALLELISM_TOO_HIGH',
      text: `${name} has parallelism ${actual} above its max parallelism ${maxParallelism}`,
    };
  }
}

function* states(node: StreamNode): Generator<Problem> {
  if (node.role.kind !== 'operator') return;
  const seen = new Set<string>();
  for (const { name } of node.role.factory.states) {
    if (name === '') yield invalid(`${nameOf(node)} declares a state without a name`);
    if (seen.has(name)) yield invalid(`${nameOf(node)} declares state '${name}' twice`);
    seen.add(name);
  }
  const isKeyed = node.keys.some((key) => key !== undefined);
  if (seen.size > 0 && !isKeyed)
    yield invalid(`${nameOf(node)} declares keyed state, but its input has no key: use keyBy(...)`);
}

function* inputs(resolved: ResolvedNode): Generator<Problem> {
  const { node } = resolved;
  if (node.role.kind === 'source' && resolved.inputs.length > 0) yield invalid(`${nameOf(node)} has an input`);
  if (node.role.kind !== 'source' && resolved.inputs.length === 0) yield invalid(`${nameOf(node)} has no input`);
  for (const edge of resolved.inputs) yield* input(edge);
  yield* hashes(node);
}

/** A key must have one key group, whichever input its records come from. */
function* hashes(node: StreamNode): Generator<Problem> {
  const ids = new Set(node.keys.flatMap((key) => (key === undefined ? [] : [key.hashId])));
  if (ids.size < 2) return;
  const names = [...ids].map((id) => (id === undefined ? 'the default' : `'${id}'`)).join(' and ');
  yield invalid(`${nameOf(node)} has inputs whose keys are hashed differently, by ${names}: give both the same hash`);
}

function* input(edge: ResolvedEdge): Generator<Problem> {
  const { source, target } = edge;
  if (source.node.role.kind === 'sink') {
    yield invalid(`${nameOf(target.node)} takes its input from ${nameOf(source.node)}, which emits nothing`);
  }
  if (edge.partitioner.kind === 'forward' && source.parallelism !== target.parallelism) {
    yield invalid(
      `forward from ${nameOf(source.node)} with parallelism ${source.parallelism} to ${nameOf(target.node)} with parallelism ` +
        `${target.parallelism} is not possible: use rebalance, rescale, broadcast or global, or equal parallelism`,
    );
  }
  if (target.node.keys[edge.inputIndex] !== undefined && edge.partitioner.kind !== 'hash') {
    yield invalid(`${nameOf(target.node)} works by key, but its input is partitioned by '${edge.partitioner.kind}'`);
  }
}

/** A source that nobody reads would run for nothing; a forgotten branch is the likely cause. */
function* unusedSources(nodes: readonly ResolvedNode[]): Generator<Problem> {
  const read = new Set(nodes.flatMap((resolved) => resolved.inputs.map((edge) => edge.source)));
  for (const resolved of nodes) {
    if (resolved.node.role.kind === 'source' && !read.has(resolved)) {
      yield invalid(`nothing reads ${nameOf(resolved.node)}`);
    }
  }
}

function invalid(text: string): Problem {
  return { code: 'JOB_DEFINITION_INVALID', text };
}
