/** Brings the state of one subtask's operators back, before any operator exists. */
import { must } from '../base/assert.ts';
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { KeyedStateBackend } from '../base/keyed-state.ts';
import type { KeyGroupChain, OperatorSubtaskState } from '../base/state-handle.ts';
import type { ChainedOperator } from '../graph/job-graph.ts';
import { keyGroupRange } from '../state/key-groups.ts';
import type { OperatorStateSnapshots } from './operator-state-snapshots.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';

/** Key groups whose sections are read before their turn. */
const GROUPS_READ_AHEAD = 4;

/** What a subtask keeps of each operator for its snapshots. */
export interface OperatorStates {
  readonly chained: ChainedOperator;
  readonly keyed: KeyedStateBackend | undefined;
  readonly lists: OperatorStateSnapshots;
  readonly restoredWatermarkMs: EventTimeMs;
}

export interface RestoreOptions {
  readonly deployment: SubtaskDeployment;
  readonly runtime: SlotRuntime;
  /** Once aborted, nothing more is read. */
  readonly signal: AbortSignal;
}

/** In the order of the chain; not all of them when the signal was aborted. */
export async function restoreStates(options: RestoreOptions): Promise<readonly OperatorStates[]> {
  const { deployment, runtime, signal } = options;
  const states: OperatorStates[] = [];
  for (const chained of deployment.vertex.chain) {
    if (signal.aborted) break;
    const restored = deployment.restore?.operators.find(({ operatorId }) => operatorId === chained.operatorId);
    states.push({
      chained,
      keyed: await restoreKeyedState(chained, restored, options),
      lists: runtime.createOperatorState(restored),
      restoredWatermarkMs: restored?.watermarkMs ?? WATERMARK_MIN,
    });
  }
  return states;
}

/** Sections are read in chain order; key groups one after the other, so that a block is read once for neighbours. */
async function restoreKeyedState(
  chained: ChainedOperator,
  restored: OperatorSubtaskState | undefined,
  { deployment, runtime, signal }: RestoreOptions,
): Promise<KeyedStateBackend | undefined> {
  const isKeyed = chained.keys.some((spec) => spec !== undefined);
  if (!isKeyed) return undefined;
  const { maxParallelism, parallelism } = deployment.vertex;
  const keyGroups = keyGroupRange(maxParallelism, parallelism, deployment.address.subtaskIndex);
  const backend = runtime.createKeyedState({ keyGroups, maxParallelism });
  const chains = restored?.keyed ?? [];
  const read = async ({ sections }: KeyGroupChain): Promise<readonly Uint8Array[]> => {
    const bytes: Uint8Array[] = [];
    for (const section of sections) bytes.push(await runtime.checkpointReader.readSection(section));
    return bytes;
  };
  const ahead: Promise<readonly Uint8Array[]>[] = [];
  for (const [index, { keyGroup, sections }] of chains.entries()) {
    // The disk and the thread pool work on the next key groups meanwhile.
    for (const chain of chains.slice(index + ahead.length, index + GROUPS_READ_AHEAD)) ahead.push(settled(read(chain)));
    if (signal.aborted) return backend;
    backend.restoreKeyGroup(keyGroup, await must(ahead.shift(), 'key group that is read'), sections);
  }
  return backend;
}

/** Whoever awaits it gets its error; until then nobody else need. */
function settled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
