/**
 * What a checkpoint keeps of a source's main-thread side, written by the value codec:
 *
 *   enumerator   what the enumerator's own snapshot says; its form is versioned by the source
 *   held         splits that were assigned but still waited for an older checkpoint's acknowledgement, by the subtask they were for;
 *                empty unless checkpoints overlap. At restore they are given back to the enumerator.
 */
import { MillraceError } from '../../base/errors.ts';
import type { SourceSplit } from '../../base/source.ts';
import type { StringBytes } from '../../base/string-bytes.ts';
import { decodeValue, encodeValue } from '../../codec/encode-value.ts';

export interface EnumeratorState {
  readonly enumerator: unknown;
  readonly held: readonly HeldSplits[];
}

export interface HeldSplits {
  readonly subtaskIndex: number;
  readonly splits: readonly SourceSplit[];
}

/** @throws VALUE_NOT_SERIALIZABLE */
export function encodeEnumeratorState(strings: StringBytes, state: EnumeratorState): Uint8Array {
  return encodeValue(strings, state);
}

export function decodeEnumeratorState(strings: StringBytes, bytes: Uint8Array): EnumeratorState {
  const state = decodeValue(strings, bytes);
  if (!isEnumeratorState(state)) {
    throw new MillraceError('CHECKPOINT_CORRUPT', 'Restoring an enumerator failed: its state has an unknown form');
  }
  return state;
}

function isEnumeratorState(state: unknown): state is EnumeratorState {
  return (
    typeof state === 'object' && state !== null && 'enumerator' in state && 'held' in state && Array.isArray(state.held)
  );
}
