import type { Logger } from '../../base/environment.ts';
import type { OperatorContext } from '../../base/operator.ts';

/** What a function learns in `open` about where it runs. */
export interface RuntimeContext {
  readonly operatorName: string;
  readonly operatorUid: string;
  /** 0 to parallelism - 1. */
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** 1 for the first try of the job in this process, one more after each restart. (Flink counts from 0.) */
  readonly attemptNumber: number;
  /** The job's parameters: `--name value` after `--`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Aborts when the subtask is canceled or fails. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** Users get these fields and no more: the rest of the operator's context is the engine's. */
export function runtimeContextOf(context: OperatorContext): RuntimeContext {
  return {
    operatorName: context.operatorName,
    operatorUid: context.operatorUid,
    subtaskIndex: context.subtaskIndex,
    parallelism: context.parallelism,
    maxParallelism: context.maxParallelism,
    attemptNumber: context.attemptNumber,
    // The operator's own are shared by all that run on its thread.
    parameters: new Map(context.parameters),
    signal: context.signal,
    logger: context.logger,
  };
}
