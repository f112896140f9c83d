/**
 * What each subtask of an operator starts from, given what the subtasks of a checkpoint left: at the same or another parallelism.
 * Key groups go to the subtask that owns them now, lists are dealt out by their mode, as in Flink:
 *
 *   split      at the same parallelism each subtask keeps its own. Else all elements, in the order of the old subtasks, are cut
 *              into one piece for each new subtask; the pieces differ by one at most. The longer ones go to the subtasks from a
 *              start index on, which moves on from state to state, so that they do not all land on subtask 0.
 *   union      everyone gets everything.
 *   broadcast  all copies are equal: new subtask i takes the copy of old subtask i mod (number of copies).
 */
import { assert } from '../base/assert.ts';
import { MillraceError } from '../base/errors.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type {
  KeyGroupChain,
  ListStateSnapshot,
  OperatorSubtaskState,
  StateDescriptorInfo,
} from '../base/state-handle.ts';
import { keyGroupRange } from './key-groups.ts';

/** What one subtask gets. */
interface Share {
  readonly subtaskIndex: number;
  readonly parallelism: number;
}

/**
 * `old` by old subtask; a subtask that had finished all its work has no state and is undefined, or is empty. Throws
 * PARALLELISM_TOO_HIGH.
 */
export function redistributeOperatorState(
  old: readonly (OperatorSubtaskState | undefined)[],
  newParallelism: number,
  maxParallelism: number,
  subtaskIndex: number,
): OperatorSubtaskState {
  if (newParallelism > maxParallelism) {
    const what = `parallelism ${newParallelism} is above the max parallelism ${maxParallelism} of the checkpoint`;
    throw new MillraceError('PARALLELISM_TOO_HIGH', `Restoring an operator failed: ${what}`);
  }
  const present = old.filter((state) => state !== undefined);
  const [first] = present;
  assert(first !== undefined, 'An operator without any old subtask is redistributed');
  assert(
    present.every((state) => state.operatorId === first.operatorId),
    'Subtasks of several operators are redistributed as one',
  );
  const share = { subtaskIndex, parallelism: newParallelism };
  return {
    operatorId: first.operatorId,
    keyed: redistributeKeyGroups(present, maxParallelism, share),
    states: allStates(present),
    lists: redistributeLists(
      old.map((state) => state?.lists ?? []),
      share,
    ),
    watermarkMs: lowestWatermark(present),
  };
}

/** The chains of the key groups that the subtask owns, in order of key groups. */
function redistributeKeyGroups(
  old: readonly OperatorSubtaskState[],
  maxParallelism: number,
  share: Share,
): KeyGroupChain[] {
  const range = keyGroupRange(maxParallelism, share.parallelism, share.subtaskIndex);
  const chains = old
    .flatMap((state) => state.keyed)
    .filter(({ keyGroup }) => keyGroup >= range.start && keyGroup <= range.end)
    .sort((a, b) => a.keyGroup - b.keyGroup);
  chains.forEach(({ keyGroup }, index) => {
    assert(chains[index + 1]?.keyGroup !== keyGroup, () => `Two old subtasks have key group ${keyGroup}`);
  });
  return chains;
}

/** Subtasks of one operator declare the same states, but one that had finished may have left none. */
function allStates(old: readonly OperatorSubtaskState[]): StateDescriptorInfo[] {
  const byName = new Map<string, StateDescriptorInfo>();
  for (const descriptor of old.flatMap((state) => state.states)) byName.set(descriptor.name, descriptor);
  return [...byName.values()];
}

/** The lowest one, so that no record counts as late that would not have been late for the subtask that had its key group. */
function lowestWatermark(old: readonly OperatorSubtaskState[]): EventTimeMs | undefined {
  const watermarks = old.flatMap(({ watermarkMs }) => (watermarkMs === undefined ? [] : [watermarkMs]));
  return watermarks.length === 0 ? undefined : Math.min(...watermarks);
}

/** `old` by old subtask. States in order of their first appearance. */
export function redistributeLists(old: readonly (readonly ListStateSnapshot[])[], share: Share): ListStateSnapshot[] {
  const names = new Set(old.flatMap((lists) => lists.map((list) => list.name)));
  const dealer = new SplitDealer(old.length, share);
  return [...names].map((name) => {
    const copies = old.map((lists) => lists.find((list) => list.name === name));
    const present = copies.filter((copy) => copy !== undefined);
    const mode = modeOf(name, present);
    const elements =
      mode === 'split'
        ? dealer.deal(copies)
        : mode === 'union'
          ? allElements(present)
          : oneCopy(copies, share.subtaskIndex);
    return { name, mode, elements };
  });
}

function modeOf(name: string, copies: readonly ListStateSnapshot[]): ListStateSnapshot['mode'] {
  const [first] = copies;
  assert(first !== undefined, () => `Operator state '${name}' has no copy`);
  assert(
    copies.every((copy) => copy.mode === first.mode),
    () => `Operator state '${name}' has several modes`,
  );
  return first.mode;
}

function allElements(copies: readonly ListStateSnapshot[]): Uint8Array[] {
  return copies.flatMap((copy) => copy.elements);
}

function oneCopy(copies: readonly (ListStateSnapshot | undefined)[], subtaskIndex: number): readonly Uint8Array[] {
  const own = copies[subtaskIndex % copies.length];
  if (own !== undefined) return own.elements;
  // The old subtask had finished: any other copy is as good.
  const others = copies.filter((copy) => copy !== undefined);
  return others[subtaskIndex % others.length]?.elements ?? [];
}

/** Deals the split states of one operator out, one after the other. */
class SplitDealer {
  readonly #oldParallelism: number;
  readonly #share: Share;
  /** The new subtask that gets the first piece of the next state. */
  #startIndex = 0;

  constructor(oldParallelism: number, share: Share) {
    this.#oldParallelism = oldParallelism;
    this.#share = share;
  }

  /** `copies` by old subtask. */
  deal(copies: readonly (ListStateSnapshot | undefined)[]): readonly Uint8Array[] {
    const { subtaskIndex, parallelism } = this.#share;
    if (parallelism === this.#oldParallelism) return copies[subtaskIndex]?.elements ?? [];
    const elements = copies.flatMap((copy) => copy?.elements ?? []);
    const base = Math.floor(elements.length / parallelism);
    const longer = elements.length % parallelism;
    // Pieces are numbered from the start index on.
    const piece = (subtaskIndex - this.#startIndex + parallelism) % parallelism;
    const start = piece * base + Math.min(piece, longer);
    this.#startIndex = (this.#startIndex + longer) % parallelism;
    return elements.slice(start, start + base + (piece < longer ? 1 : 0));
  }
}
