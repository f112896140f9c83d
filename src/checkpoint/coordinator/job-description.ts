/** What a checkpoint's metadata says of the job itself, whatever its state. */
import type { JobId } from '../../base/ids.ts';
import type { ChainedOperator, JobGraph, JobVertex } from '../../graph/job-graph.ts';
import type { OperatorMetadata, SinkMetadata, SourceMetadata } from '../metadata/checkpoint-metadata.ts';

export interface JobDescription {
  readonly jobId: JobId;
  readonly jobName: string;
  readonly runId: string;
  readonly millraceVersion: string;
  readonly operators: readonly OperatorDescription[];
}

export type SourceDescription = Omit<SourceMetadata, 'enumeratorState'>;

export interface OperatorDescription extends Omit<OperatorMetadata, 'subtasks' | 'source'> {
  readonly source: SourceDescription | undefined;
}

export interface RunIdentity {
  readonly jobId: JobId;
  readonly runId: string;
  readonly millraceVersion: string;
}

/** `jobGraph` with the max parallelisms that are really in use. */
export function describeJob(jobGraph: JobGraph, { jobId, runId, millraceVersion }: RunIdentity): JobDescription {
  const operators = jobGraph.vertices.flatMap((vertex) =>
    vertex.chain.map((chained) => describeOperator(vertex, chained)),
  );
  return { jobId, runId, millraceVersion, jobName: jobGraph.jobName, operators };
}

export function describeOperator(vertex: JobVertex, chained: ChainedOperator): OperatorDescription {
  const { operatorId, uid, hasUserUid, name, role } = chained;
  return {
    operatorId,
    uid,
    hasUserUid,
    name,
    vertexId: vertex.id,
    parallelism: vertex.parallelism,
    maxParallelism: vertex.maxParallelism,
    hasExplicitMaxParallelism: vertex.hasExplicitMaxParallelism,
    keys: chained.keys.map((key) => (key === undefined ? undefined : { hashId: key.hashId })),
    states: role.kind === 'operator' ? role.factory.states : [],
    source: role.kind === 'source' ? describeSource(role) : undefined,
    sink: role.kind === 'sink' ? describeSink(role) : undefined,
  };
}

function describeSource({ source }: ChainedOperator['role'] & { kind: 'source' }): SourceDescription {
  return { kind: source.kind, identity: source.identity(), splitVersion: source.version };
}

function describeSink({ sink }: ChainedOperator['role'] & { kind: 'sink' }): SinkMetadata {
  return { kind: sink.kind, guarantee: sink.guarantee, identity: sink.identity() };
}
