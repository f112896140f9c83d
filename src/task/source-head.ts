/** Joins a source's reader to the head of its chain. */
import { assert } from '../base/assert.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { ReaderContext } from '../base/source.ts';
import { guard, operatorError } from './chain-output.ts';
import type { ChainNode } from './operator-chain.ts';
import type { OperatorStates } from './restore-states.ts';
import { SourceInput } from './source-input.ts';
import type { SplitPosition } from './source-input.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';

/** The list state of a source's head operator: splits with their positions. */
export const SPLITS_STATE = 'source-splits';

export interface SourceHeadOptions {
  readonly deployment: SubtaskDeployment;
  readonly runtime: SlotRuntime;
  readonly head: ChainNode;
  readonly states: OperatorStates;
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
  readonly isFull: () => boolean;
  readonly isWatermarkFree: () => boolean;
  readonly onWatermark: (watermarkMs: EventTimeMs) => void;
  readonly onStatus: (isIdle: boolean) => void;
}

/** `start` gives restored splits to the reader and then registers it: the enumerator may answer at once. */
export function makeSourceInput(options: SourceHeadOptions): { source: SourceInput; start: () => Promise<void> } {
  const { deployment, runtime, head, states, signal, fail } = options;
  const { role, operatorId, name } = head.chained;
  assert(role.kind === 'source', () => `Head '${name}' of a chain without inputs is not a source`);
  const { environment, configuration, master } = runtime;
  const { source: factory } = role;
  const context: ReaderContext = {
    environment,
    logger: environment.logger.with({
      operator: name,
      subtask: deployment.address.subtaskIndex,
      attempt: runtime.attemptNumber,
    }),
    metrics: deployment.metrics,
    subtaskIndex: deployment.address.subtaskIndex,
    parallelism: deployment.vertex.parallelism,
    requestSplit: () => master.readerEvent(deployment.address, operatorId, { kind: 'request-split' }),
    wakeUp: deployment.wakeUp,
    fail: (error) => fail(operatorError(error, head.chained)),
    signal,
  };
  const reader = guard(head.chained, () => factory.createReader(context));
  const source = new SourceInput({
    source: factory,
    head: head.chained,
    reader,
    watermarks: role.watermarks,
    output: head.output,
    environment,
    autoWatermarkIntervalMs: configuration.autoWatermarkIntervalMs,
    freezeValues: configuration.checkMutation,
    isFull: options.isFull,
    isWatermarkFree: options.isWatermarkFree,
    onWatermark: options.onWatermark,
    onStatus: options.onStatus,
  });
  const start = async (): Promise<void> => {
    await source.start(states.lists.listState<SplitPosition>(SPLITS_STATE, 'split').get());
    if (!signal.aborted) master.readerEvent(deployment.address, operatorId, { kind: 'register' });
  };
  return { source, start };
}
