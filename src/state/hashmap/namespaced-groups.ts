import { VOID_NAMESPACE } from '../../base/keyed-state.ts';
import type { Namespace } from '../../base/keyed-state.ts';
import type { KeyId } from '../canonical-key.ts';
import type { TableHeader } from '../section/section-format.ts';

/** The entries of one state, key group and namespace, by key. */
export class NamespaceSlot<V> {
  readonly header: TableHeader;
  readonly groupIndex: number;
  readonly namespace: Namespace;
  readonly entries: Map<KeyId, V> = new Map();

  constructor(header: TableHeader, groupIndex: number, namespace: Namespace) {
    this.header = header;
    this.groupIndex = groupIndex;
    this.namespace = namespace;
  }
}

interface KeyGroupSlots<V> {
  readonly byNamespace: Map<Namespace, NamespaceSlot<V>>;
  /** The one used last: records come with few namespaces at a time. */
  last: NamespaceSlot<V>;
}

/**
 * One Map per (state, key group, namespace), made on first use: a Map of millions of keys stalls for long when it grows, many
 * small ones do not.
 */
export class NamespacedGroups<V> {
  readonly #header: TableHeader;
  readonly #groups: (KeyGroupSlots<V> | undefined)[];

  constructor(header: TableHeader, groupCount: number) {
    this.#header = header;
    this.#groups = Array.from<undefined>({ length: groupCount });
  }

  get groupCount(): number {
    return this.#groups.length;
  }

  find(groupIndex: number, namespace: Namespace): NamespaceSlot<V> | undefined {
    const group = this.#groups[groupIndex];
    if (group === undefined) return undefined;
    if (group.last.namespace === namespace) return group.last;
    const slot = group.byNamespace.get(namespace);
    if (slot !== undefined) group.last = slot;
    return slot;
  }

  findOrMake(groupIndex: number, namespace: Namespace): NamespaceSlot<V> {
    const found = this.find(groupIndex, namespace);
    if (found !== undefined) return found;
    const slot = new NamespaceSlot<V>(this.#header, groupIndex, namespace);
    const group = this.#groups[groupIndex];
    if (group === undefined) {
      this.#groups[groupIndex] = { byNamespace: new Map([[namespace, slot]]), last: slot };
    } else {
      group.byNamespace.set(namespace, slot);
      group.last = slot;
    }
    return slot;
  }

  /** Windows come and go; the slot without namespace stays for the next key. */
  dropIfEmpty(slot: NamespaceSlot<V>): void {
    if (slot.entries.size > 0 || slot.namespace === VOID_NAMESPACE) return;
    const group = this.#groups[slot.groupIndex];
    if (group?.byNamespace.get(slot.namespace) !== slot) return;
    group.byNamespace.delete(slot.namespace);
    const [first] = group.byNamespace.values();
    if (first === undefined) this.#groups[slot.groupIndex] = undefined;
    else if (group.last === slot) group.last = first;
  }

  /** Bears changes while it runs: what is there from start to end comes once, what is added may come. */
  *walk(groupIndex: number): IterableIterator<V> {
    const group = this.#groups[groupIndex];
    if (group === undefined) return;
    for (const slot of boundedValues(group.byNamespace)) yield* boundedValues(slot.entries);
  }
}

/**
 * The values of a Map, but no more than it has at the start. A Map walks in order of insertion and takes up what is inserted
 * meanwhile: without the bound, entries that come and go quickly could keep a walk from ending.
 */
export function* boundedValues<V>(map: ReadonlyMap<unknown, V>): IterableIterator<V> {
  let left = map.size;
  for (const value of map.values()) {
    if (left-- === 0) return;
    yield value;
  }
}
