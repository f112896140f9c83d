/**
 * Makes the operators of one subtask and brings their state back, in this order: state first, then `setup`, so that an operator
 * finds everything in place; nothing is opened here.
 */
import { must } from '../base/assert.ts';
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { CallGate, OperatorContext, StreamOperator } from '../base/operator.ts';
import type { KeyedStateBackend } from '../base/keyed-state.ts';
import type { OperatorSubtaskState } from '../base/state-handle.ts';
import type { ChainedOperator } from '../graph/job-graph.ts';
import { keyGroupRange } from '../state/key-groups.ts';
import { ChainOutput } from './chain-output.ts';
import { OperatorChain } from './operator-chain.ts';
import type { ChainNode } from './operator-chain.ts';
import type { OperatorStateSnapshots } from './operator-state-snapshots.ts';
import { SinkOperator } from './sink-operator.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';

/** What a subtask keeps of each operator for its snapshots. */
export interface OperatorStates {
  readonly chained: ChainedOperator;
  readonly keyed: KeyedStateBackend | undefined;
  readonly lists: OperatorStateSnapshots;
}

export interface BuiltChain {
  readonly chain: OperatorChain;
  /** In the order of the chain. */
  readonly states: readonly OperatorStates[];
}

export interface ChainBuildOptions {
  readonly deployment: SubtaskDeployment;
  readonly runtime: SlotRuntime;
  readonly signal: AbortSignal;
  readonly callGate: CallGate;
  readonly wakeUp: () => void;
  /** From an I/O callback of a sink. */
  readonly fail: (error: unknown) => void;
}

export async function buildChain(options: ChainBuildOptions): Promise<BuiltChain> {
  const { deployment, runtime } = options;
  const nodes: ChainNode[] = [];
  const states: OperatorStates[] = [];
  for (const chained of deployment.vertex.chain) {
    const restored = deployment.restore?.operators.find(({ operatorId }) => operatorId === chained.operatorId);
    const lists = runtime.createOperatorState(restored);
    const keyed = await restoreKeyedState(chained, restored, options);
    nodes.push({ chained, operator: makeOperator(chained, options), output: new ChainOutput() });
    states.push({ chained, keyed, lists });
  }
  const chain: { current: OperatorChain | undefined } = { current: undefined };
  for (const [index, node] of nodes.entries()) {
    const operatorStates = must(states[index], 'state of the operator');
    const restored = deployment.restore?.operators.find(({ operatorId }) => operatorId === node.chained.operatorId);
    node.operator?.setup({
      ...operatorContext(node, operatorStates, options),
      restoredWatermarkMs: restored?.watermarkMs ?? WATERMARK_MIN,
      emitWatermark: (watermarkMs) => must(chain.current, 'chain').emitWatermarkFrom(index, watermarkMs),
      emitStatus: (isIdle) => must(chain.current, 'chain').emitStatusFrom(index, isIdle),
    });
  }
  chain.current = new OperatorChain(nodes, deployment.writers, runtime.configuration.checkValues);
  return { chain: chain.current, states };
}

function makeOperator(chained: ChainedOperator, options: ChainBuildOptions): StreamOperator | undefined {
  const { runtime } = options;
  switch (chained.role.kind) {
    case 'source':
      return undefined;
    case 'operator':
      return chained.role.factory.create();
    case 'sink': {
      const { jobId, runId, fencingEpoch, restoredPermit, configuration } = runtime;
      return new SinkOperator(chained.role.sink, {
        restoredPermit,
        committerRetries: configuration.committerRetries,
        writerContext: {
          jobId,
          runId,
          fencingEpoch,
          operatorId: chained.operatorId,
          isCheckpointingEnabled: configuration.isCheckpointingEnabled,
          fail: options.fail,
          collectRows: (batchId, rows) => runtime.collectRows(chained.operatorId, batchId, rows),
        },
      });
    }
  }
}

type ContextOfNode = Omit<OperatorContext, 'restoredWatermarkMs' | 'emitWatermark' | 'emitStatus'>;

function operatorContext(node: ChainNode, states: OperatorStates, options: ChainBuildOptions): ContextOfNode {
  const { deployment, runtime, signal, callGate, wakeUp } = options;
  const { chained, output } = node;
  return {
    operatorName: chained.name,
    operatorUid: chained.uid,
    subtaskIndex: deployment.address.subtaskIndex,
    parallelism: deployment.vertex.parallelism,
    maxParallelism: deployment.vertex.maxParallelism,
    attemptNumber: runtime.attemptNumber,
    output,
    keyedState: states.keyed,
    operatorState: states.lists,
    environment: runtime.environment,
    logger: runtime.environment.logger.with({ operator: chained.name }),
    metrics: deployment.metrics,
    parameters: runtime.parameters,
    signal,
    callGate,
    checkMutation: runtime.configuration.checkMutation,
    autoWatermarkIntervalMs: runtime.configuration.autoWatermarkIntervalMs,
    wakeUp,
  };
}

/** Sections are read in chain order; key groups one after the other, so that a block is read once for neighbours. */
async function restoreKeyedState(
  chained: ChainedOperator,
  restored: OperatorSubtaskState | undefined,
  { deployment, runtime }: ChainBuildOptions,
): Promise<KeyedStateBackend | undefined> {
  const isKeyed = chained.keys.some((spec) => spec !== undefined);
  if (!isKeyed) return undefined;
  const { maxParallelism, parallelism } = deployment.vertex;
  const keyGroups = keyGroupRange(maxParallelism, parallelism, deployment.address.subtaskIndex);
  const backend = runtime.createKeyedState({ keyGroups, maxParallelism });
  for (const { keyGroup, sections } of restored?.keyed ?? []) {
    const bytes: Uint8Array[] = [];
    for (const section of sections) bytes.push(await runtime.checkpointReader.readSection(section));
    backend.restoreKeyGroup(keyGroup, bytes, sections);
  }
  return backend;
}
