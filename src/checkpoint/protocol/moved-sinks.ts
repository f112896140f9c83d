import type { JobGraph } from '../../graph/job-graph.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';

/**
 * Sinks that wrote to another target when the checkpoint was taken, one line each. That is no error, because a folder may move together
 * with its job; but what the checkpoint lists as not yet committed is looked for at the new target.
 */
export function movedSinks(jobGraph: JobGraph, restored: CheckpointMetadata | undefined): readonly string[] {
  const stored = new Map((restored?.operators ?? []).map(({ operatorId, sink }) => [operatorId, sink]));
  return jobGraph.vertices
    .flatMap(({ chain }) => chain)
    .flatMap(({ operatorId, name, role }) => {
      const sink = stored.get(operatorId);
      if (role.kind !== 'sink' || sink?.guarantee !== 'exactly-once') return [];
      const before = sink.identity.join(', ');
      const now = role.sink.identity().join(', ');
      if (before === now) return [];
      return [
        `Sink '${name}' wrote to '${before}' and now writes to '${now}': output of the checkpoint is looked for there`,
      ];
    });
}
