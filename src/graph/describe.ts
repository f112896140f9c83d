/**
 * The plan as text, for the start of a run and for error messages:
 *
 *   job 'flight-delays'
 *     [1] Source: flights -> Filter, parallelism 4
 *     [2] mean-delay -> Sink: results, parallelism 4, max parallelism 128; by key from [1]
 *   source → sink
 *     flights (parquet, exactly-once) → results (files, exactly-once): exactly-once
 */
import type { OperatorId } from '../base/ids.ts';
import { endToEndGuarantees } from './guarantees.ts';
import type { CheckpointMode, EndToEndGuarantee } from './guarantees.ts';
import type { ChainedOperator, JobEdge, JobGraph, JobVertex } from './job-graph.ts';
import type { Partitioner } from './stream-graph.ts';

/** Lines joined by newlines, without one at the end. */
export function describeJobGraph(jobGraph: JobGraph, mode: CheckpointMode): string {
  const numbers = new Map(jobGraph.vertices.map((vertex, index) => [vertex.id, index + 1]));
  return [
    `job '${jobGraph.jobName}'`,
    ...jobGraph.vertices.map((vertex) => `  ${describeVertex(vertex, numbers)}`),
    'source → sink',
    ...describeGuarantees(jobGraph, mode).map((line) => `  ${line}`),
  ].join('\n');
}

/** One line for each source and sink that are connected; the reason is named where the result is weaker than exactly-once. */
export function describeGuarantees(jobGraph: JobGraph, mode: CheckpointMode): readonly string[] {
  return endToEndGuarantees(jobGraph, mode).map(describeGuarantee);
}

function describeVertex(vertex: JobVertex, numbers: ReadonlyMap<OperatorId, number>): string {
  const isKeyed = vertex.chain.some((operator) => operator.keys.some((key) => key !== undefined));
  const keyGroups = isKeyed || vertex.hasExplicitMaxParallelism ? `, max parallelism ${vertex.maxParallelism}` : '';
  const hasOneInput = vertex.inputs.every(({ inputIndex }) => inputIndex === 0);
  const inputs = vertex.inputs
    .map((edge) => (hasOneInput ? '' : `input ${edge.inputIndex + 1} `) + describeInput(edge, numbers))
    .join(', ');
  const from = inputs === '' ? '' : `; ${inputs}`;
  return `[${numbers.get(vertex.id)}] ${vertex.name}, parallelism ${vertex.parallelism}${keyGroups}${from}`;
}

function describeInput(edge: JobEdge, numbers: ReadonlyMap<OperatorId, number>): string {
  const side = edge.sideTag === undefined ? '' : ` side output '${edge.sideTag}'`;
  return `${describePartitioner(edge.partitioner)} from [${numbers.get(edge.sourceVertex)}]${side}`;
}

function describePartitioner(partitioner: Partitioner): string {
  if (partitioner.kind !== 'hash') return partitioner.kind;
  return partitioner.key.hashId === undefined ? 'by key' : `by key with hash '${partitioner.key.hashId}'`;
}

function describeGuarantee(row: EndToEndGuarantee): string {
  const source = `${row.source.name} (${connectorKind(row.source)}, ${row.sourceGuarantee})`;
  const sink = `${row.sink.name} (${connectorKind(row.sink)}, ${row.sinkGuarantee})`;
  return `${source} → ${sink}: ${row.guarantee}${reason(row)}`;
}

function reason(row: EndToEndGuarantee): string {
  if (row.guarantee === 'exactly-once') return '';
  const isNone = row.guarantee === 'none';
  const gives = isNone ? 'gives no guarantee' : `is ${row.guarantee}`;
  const causes: string[] = [];
  if (row.checkpointGuarantee === row.guarantee) {
    causes.push(isNone ? 'the job takes no checkpoints' : 'the checkpoint mode is AT_LEAST_ONCE');
  }
  if (row.sourceGuarantee === row.guarantee) causes.push(`the source ${gives}`);
  if (row.sinkGuarantee === row.guarantee) causes.push(`the sink ${gives}`);
  return ` (${causes.join(', ')})`;
}

/** 'files', 'parquet', ... */
function connectorKind({ role }: ChainedOperator): string {
  switch (role.kind) {
    case 'source':
      return role.source.kind;
    case 'sink':
      return role.sink.kind;
    case 'operator':
      return role.factory.kind;
  }
}
