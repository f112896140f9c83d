import type { KeySpec } from '../graph/stream-graph.ts';

/**
 * What may be a key, as far as types can tell. Its parts are checked when the first record comes (KEY_TYPE_UNSUPPORTED): fields and
 * elements must be keys themselves. Promises, Map, Set, null and undefined are none.
 */
export type KeyType =
  | string
  | number
  | bigint
  | boolean
  | Date
  | readonly unknown[]
  | (object & { readonly then?: never; readonly [Symbol.iterator]?: never });

export interface KeyOptions<K> {
  /**
   * Replaces the hash by which keys are spread over key groups: a 32-bit integer, the same for equal keys, for ever. Flink's hash is
   * used without.
   */
  readonly hash: (key: K) => number;
  /** Names the hash. It is kept in checkpoints: state that was spread by another hash is refused. */
  readonly hashId: string;
}

export function keySpec<T, K>(selector: (value: T) => K, options: KeyOptions<K> | undefined): KeySpec {
  // A KeySpec travels with the stream it was made for, so it only ever sees values of T and keys of K.
  return {
    selector: selector as (value: unknown) => unknown,
    hash: options?.hash as ((key: unknown) => number) | undefined,
    hashId: options?.hashId,
  };
}
