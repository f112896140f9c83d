import type { Sink } from '../base/sink.ts';
import type { JobDefinition } from '../graph/stream-graph.ts';

/**
 * Runs jobs that a script writes down directly, without a job module. Implemented in launch/; the API knows only this much.
 *
 * Such a definition cannot be evaluated again: each `build` returns the same graph with the same function objects. So it runs on
 * one slot of the calling thread, and without restarts.
 */
export interface Executor {
  /** Settles at the end of the job; rejects with what failed it. */
  execute(definition: JobDefinition): Promise<void>;
  /**
   * Runs the definition that `definitionWith` makes of the executor's own sink, and returns what reached the sink, in the order
   * of arrival. After `limit` values the job is canceled.
   */
  executeAndCollect(definitionWith: (sink: Sink<unknown>) => JobDefinition, limit: number): Promise<readonly unknown[]>;
}
