/**
 * Key groups: the unit in which keyed state is owned, snapshotted and moved. Same arithmetic as Flink, bit for bit, because it
 * decides where state of a checkpoint belongs.
 */
import { assert } from '../base/assert.ts';
import type { KeyGroupRange } from '../base/keyed-state.ts';
import { keyHash } from './key-hash.ts';
import { murmurHash } from './murmur.ts';

/** Flink's bounds of the max parallelism. */
const DEFAULT_MAX_PARALLELISM_LEAST = 128;
export const MAX_PARALLELISM_LIMIT = 32_768;

/** Throws KEY_TYPE_UNSUPPORTED. */
export function keyGroupOf(key: unknown, maxParallelism: number): number {
  return murmurHash(keyHash(key)) % maxParallelism;
}

/** `hash` is a Java hash code. */
export function keyGroupOfHash(hash: number, maxParallelism: number): number {
  return murmurHash(hash) % maxParallelism;
}

export function subtaskOfKeyGroup(keyGroup: number, maxParallelism: number, parallelism: number): number {
  return Math.floor((keyGroup * parallelism) / maxParallelism);
}

/** Every key group belongs to exactly one subtask, and ranges are contiguous. */
export function keyGroupRange(maxParallelism: number, parallelism: number, subtaskIndex: number): KeyGroupRange {
  assert(
    parallelism >= 1 && parallelism <= maxParallelism && maxParallelism <= MAX_PARALLELISM_LIMIT,
    () => `Parallelism ${parallelism} is not between 1 and the max parallelism ${maxParallelism}`,
  );
  assert(
    subtaskIndex >= 0 && subtaskIndex < parallelism,
    () => `Subtask ${subtaskIndex} of ${parallelism} does not exist`,
  );
  return {
    start: Math.ceil((subtaskIndex * maxParallelism) / parallelism),
    end: Math.floor(((subtaskIndex + 1) * maxParallelism - 1) / parallelism),
  };
}

/** What an operator gets that sets none: the power of two at or above one and a half times the parallelism, from 128 to 32768. */
export function defaultMaxParallelism(parallelism: number): number {
  const wanted = parallelism + Math.floor(parallelism / 2);
  let power = 1;
  while (power < wanted) power *= 2;
  return Math.min(Math.max(power, DEFAULT_MAX_PARALLELISM_LEAST), MAX_PARALLELISM_LIMIT);
}
