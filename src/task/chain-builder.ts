/** Makes the operators of one subtask, over their state that is already in place, and joins them. Nothing is opened here. */
import { must } from '../base/assert.ts';
import type { CallGate, OperatorContext, StreamOperator } from '../base/operator.ts';
import type { ChainedOperator } from '../graph/job-graph.ts';
import { ChainOutput, guard, operatorError } from './chain-output.ts';
import { OperatorChain } from './operator-chain.ts';
import type { ChainNode } from './operator-chain.ts';
import type { OperatorStates } from './restore-states.ts';
import { SinkOperator } from './sink-operator.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';

export interface ChainBuildOptions {
  readonly deployment: SubtaskDeployment;
  readonly runtime: SlotRuntime;
  /** In the order of the chain. */
  readonly states: readonly OperatorStates[];
  readonly signal: AbortSignal;
  readonly callGate: CallGate;
  /** From an I/O callback of a sink. */
  readonly fail: (error: unknown) => void;
  /** Told of each node before its `setup`: from then on it wants to be closed. */
  readonly onNode: (node: ChainNode) => void;
}

export function buildChain(options: ChainBuildOptions): OperatorChain {
  const { deployment, runtime, states, onNode } = options;
  const chain: { current: OperatorChain | undefined } = { current: undefined };
  const nodes: ChainNode[] = [];
  for (const [index, state] of states.entries()) {
    const { chained, restoredWatermarkMs } = state;
    guard(chained, () => {
      const node = { chained, operator: makeOperator(chained, options), output: new ChainOutput() };
      nodes.push(node);
      onNode(node);
      node.operator?.setup({
        ...operatorContext(node, state, options),
        restoredWatermarkMs,
        emitWatermark: (watermarkMs) => must(chain.current, 'chain').emitWatermarkFrom(index, watermarkMs),
        emitStatus: (isIdle) => must(chain.current, 'chain').emitStatusFrom(index, isIdle),
      });
    });
  }
  chain.current = new OperatorChain(nodes, deployment.writers, runtime.configuration);
  return chain.current;
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
          fail: (error) => options.fail(operatorError(error, chained)),
          collectRows: (batchId, rows) => runtime.collectRows(chained.operatorId, batchId, rows),
        },
      });
    }
  }
}

type ContextOfNode = Omit<OperatorContext, 'restoredWatermarkMs' | 'emitWatermark' | 'emitStatus'>;

function operatorContext(node: ChainNode, states: OperatorStates, options: ChainBuildOptions): ContextOfNode {
  const { deployment, runtime, signal, callGate } = options;
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
    logger: runtime.environment.logger.with({
      operator: chained.name,
      subtask: deployment.address.subtaskIndex,
      attempt: runtime.attemptNumber,
    }),
    metrics: deployment.metrics,
    parameters: runtime.parameters,
    signal,
    callGate,
    checkMutation: runtime.configuration.checkMutation,
    autoWatermarkIntervalMs: runtime.configuration.autoWatermarkIntervalMs,
    wakeUp: deployment.wakeUp,
  };
}
