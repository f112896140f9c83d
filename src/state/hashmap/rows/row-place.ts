/** Which keys and namespaces a row can have: numbers, and no namespace. */
import { VOID_NAMESPACE } from '../../../base/keyed-state.ts';
import type { Namespace } from '../../../base/keyed-state.ts';
import type { KeyId } from '../../canonical-key.ts';
import { NO_NAMESPACE } from '../../section/flat-batch.ts';

/** NaN is a key, but not equal to itself. */
export function isRowKey(key: KeyId): key is number {
  return typeof key === 'number' && !Number.isNaN(key);
}

export function isRowNamespace(namespace: Namespace): boolean {
  if (typeof namespace === 'string') return namespace === VOID_NAMESPACE;
  return !Number.isNaN(namespace) && namespace !== NO_NAMESPACE;
}

/** -0 and 0 are one namespace, as in a Map. */
export function namespaceWord(namespace: Namespace): number {
  return typeof namespace === 'number' ? namespace + 0 : NO_NAMESPACE;
}

export function namespaceOfWord(word: number): Namespace {
  return word === NO_NAMESPACE ? VOID_NAMESPACE : word;
}
