/** Joins a source's reader to the head of its chain. */
import { must, assert } from '../base/assert.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { BuiltChain } from './chain-builder.ts';
import { operatorError } from './chain-output.ts';
import { SourceInput } from './source-input.ts';
import type { SplitPosition } from './source-input.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';

/** The list state of a source's head operator: splits with their positions. */
export const SPLITS_STATE = 'source-splits';

export interface SourceHeadOptions {
  readonly deployment: SubtaskDeployment;
  readonly runtime: SlotRuntime;
  readonly built: BuiltChain;
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
  readonly isFull: () => boolean;
  readonly isWatermarkFree: () => boolean;
  readonly onWatermark: (watermarkMs: EventTimeMs) => void;
  readonly onStatus: (isIdle: boolean) => void;
}

/** `start` gives restored splits to the reader and then registers it: the enumerator may answer at once. */
export function makeSourceInput(options: SourceHeadOptions): { source: SourceInput; start: () => Promise<void> } {
  const { deployment, runtime, built, signal, fail } = options;
  const head = must(built.chain.nodes[0], 'head of the chain');
  const { role, operatorId, name } = head.chained;
  assert(role.kind === 'source', () => `Head '${name}' of a chain without inputs is not a source`);
  const { environment, configuration, master } = runtime;
  const reader = role.source.createReader({
    environment,
    logger: environment.logger.with({ operator: name }),
    metrics: deployment.metrics,
    subtaskIndex: deployment.address.subtaskIndex,
    parallelism: deployment.vertex.parallelism,
    requestSplit: () => master.readerEvent(deployment.address, operatorId, { kind: 'request-split' }),
    wakeUp: deployment.wakeUp,
    fail: (error) => fail(operatorError(error, head.chained)),
    signal,
  });
  const source = new SourceInput({
    source: role.source,
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
  const lists = must(built.states[0], 'state of the head').lists;
  const start = async (): Promise<void> => {
    try {
      await source.start(lists.listState<SplitPosition>(SPLITS_STATE, 'split').get());
    } catch (error) {
      throw operatorError(error, head.chained);
    }
    master.readerEvent(deployment.address, operatorId, { kind: 'register' });
  };
  return { source, start };
}
