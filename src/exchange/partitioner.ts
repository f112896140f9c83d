import { assert } from '../base/assert.ts';
import { NO_KEY_GROUP } from '../base/elements.ts';
import type { Random } from '../base/environment.ts';
import { MillraceError } from '../base/errors.ts';
import { isThenable, promiseNotAllowed } from '../base/promise-not-allowed.ts';
import type { KeySpec, Partitioner } from '../graph/stream-graph.ts';
import { keyGroupOf, keyGroupOfHash, subtaskOfKeyGroup } from '../state/key-groups.ts';

/** Which of a subtask's channels a record takes. Asked in this order, once per record: `keyGroupOf`, then `channelOf`. */
export interface ChannelSelector {
  /** Every record goes to every channel; `channelOf` is not asked. */
  readonly isBroadcast: boolean;
  /** NO_KEY_GROUP unless the exchange is keyed. Throws what the key selector throws, PROMISE_NOT_ALLOWED and KEY_TYPE_UNSUPPORTED. */
  keyGroupOf(value: unknown): number;
  channelOf(keyGroup: number): number;
}

export interface ChannelSelectorOptions {
  readonly partitioner: Partitioner;
  /**
   * Channels of the subtask in this exchange, in the order of their downstream subtasks: all subtasks but for 'forward' (one) and
   * 'rescale' (the group that the execution graph gives the subtask).
   */
  readonly channelCount: number;
  /** Of the downstream vertex. */
  readonly maxParallelism: number;
  /** Draws where 'rebalance' starts, so that not all subtasks send their first record to the same one. */
  readonly random: Random;
}

export function channelSelector(options: ChannelSelectorOptions): ChannelSelector {
  const { partitioner, channelCount, maxParallelism, random } = options;
  assert(channelCount > 0, 'An exchange without channels');
  switch (partitioner.kind) {
    case 'forward':
      assert(channelCount === 1, () => `A forward exchange with ${channelCount} channels`);
      return new FixedSelector();
    case 'global':
      return new FixedSelector();
    case 'broadcast':
      return new BroadcastSelector();
    case 'rebalance':
      return new RoundRobinSelector(channelCount, random.nextInt(channelCount));
    case 'rescale':
      return new RoundRobinSelector(channelCount, 0);
    case 'hash':
      return new KeyGroupSelector(partitioner.key, channelCount, maxParallelism);
  }
}

/** Always the first channel. */
class FixedSelector implements ChannelSelector {
  readonly isBroadcast = false;

  keyGroupOf(): number {
    return NO_KEY_GROUP;
  }

  channelOf(): number {
    return 0;
  }
}

class BroadcastSelector implements ChannelSelector {
  readonly isBroadcast = true;

  keyGroupOf(): number {
    return NO_KEY_GROUP;
  }

  channelOf(): number {
    return 0;
  }
}

class RoundRobinSelector implements ChannelSelector {
  readonly isBroadcast = false;
  readonly #channelCount: number;
  #next: number;

  constructor(channelCount: number, first: number) {
    this.#channelCount = channelCount;
    this.#next = first;
  }

  keyGroupOf(): number {
    return NO_KEY_GROUP;
  }

  channelOf(): number {
    const channelIndex = this.#next;
    this.#next = channelIndex + 1 === this.#channelCount ? 0 : channelIndex + 1;
    return channelIndex;
  }
}

class KeyGroupSelector implements ChannelSelector {
  readonly isBroadcast = false;
  readonly #selectKey: KeySpec['selector'];
  readonly #key: KeySpec;
  readonly #maxParallelism: number;
  /** By key group: computing it takes a division for each record. */
  readonly #channels: Int32Array;

  constructor(key: KeySpec, channelCount: number, maxParallelism: number) {
    assert(channelCount <= maxParallelism, () => `${channelCount} subtasks for ${maxParallelism} key groups`);
    this.#selectKey = key.selector;
    this.#key = key;
    this.#maxParallelism = maxParallelism;
    this.#channels = Int32Array.from({ length: maxParallelism }, (_, keyGroup) =>
      subtaskOfKeyGroup(keyGroup, maxParallelism, channelCount),
    );
  }

  keyGroupOf(value: unknown): number {
    const selectKey = this.#selectKey;
    const key = selectKey(value);
    if (isThenable(key)) throw promiseNotAllowed(key, 'Selecting a key failed: the key selector returned a promise');
    if (this.#key.hash === undefined) return keyGroupOf(key, this.#maxParallelism);
    return keyGroupOfHash(this.#checkedHash(this.#key.hash(key)), this.#maxParallelism);
  }

  channelOf(keyGroup: number): number {
    return this.#channels[keyGroup] ?? 0;
  }

  #checkedHash(hash: unknown): number {
    if (typeof hash === 'number' && Number.isSafeInteger(hash)) return hash | 0;
    throw new MillraceError(
      'KEY_TYPE_UNSUPPORTED',
      `Hashing a key failed: hash function '${this.#key.hashId ?? ''}' returned ${describe(hash)}, not an integer`,
    );
  }
}

function describe(value: unknown): string {
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}
