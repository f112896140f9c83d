import { assert } from '../../base/assert.ts';
import type { Namespace, StateTable } from '../../base/keyed-state.ts';
import type { StateDescriptorInfo } from '../../base/state-handle.ts';
import { keyOfId } from '../canonical-key.ts';
import type { KeyId } from '../canonical-key.ts';
import { ABSENT, TrackedEntry } from '../changes/tracked-entry.ts';
import type { ChangeTracker } from '../changes/change-tracker.ts';
import type { KeyContext } from '../key-context.ts';
import { isReturned, ownedId, ownedValue, ReturnedValues } from '../owned.ts';
import type { FlatBatch } from '../section/flat-batch.ts';
import type { ValueRestore } from '../section/section-reader.ts';
import type { SectionWriter } from '../section/section-writer.ts';
import type { BackendTable } from './backend-table.ts';
import { NamespacedGroups } from './namespaced-groups.ts';
import type { NamespaceSlot } from './namespaced-groups.ts';
import { batchEntries } from './rows/batch-entries.ts';

class ValueEntry extends TrackedEntry {
  readonly slot: NamespaceSlot<ValueEntry>;

  constructor(slot: NamespaceSlot<ValueEntry>, id: KeyId, value: unknown, stamp: number) {
    super(id, value, stamp);
    this.slot = slot;
  }

  override get groupIndex(): number {
    return this.slot.groupIndex;
  }

  override write(section: SectionWriter, value: unknown): void {
    const { header, namespace } = this.slot;
    if (value === ABSENT) section.removeValue(header, namespace, this.id);
    else section.putValue(header, namespace, this.id, value);
  }
}

/** A state of one value per (key, namespace): value, list, reducing and aggregating states. */
export class ValueTable implements StateTable, BackendTable, ValueRestore {
  readonly descriptor: StateDescriptorInfo;
  readonly shape = 'value';
  readonly #context: KeyContext;
  readonly #tracker: ChangeTracker;
  readonly #returned = new ReturnedValues();
  readonly #groups: NamespacedGroups<ValueEntry>;
  #entryCount = 0;
  /** What the last lookup found, for the key of that sequence number and the namespace. */
  #foundSequence = -1;
  #foundNamespace: Namespace = '';
  #found: ValueEntry | undefined;

  constructor(descriptor: StateDescriptorInfo, context: KeyContext, tracker: ChangeTracker, groupCount: number) {
    this.descriptor = descriptor;
    this.#context = context;
    this.#tracker = tracker;
    this.#groups = new NamespacedGroups(descriptor, groupCount);
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  get(namespace: Namespace): unknown {
    const entry = this.#find(namespace);
    if (entry === undefined) return undefined;
    const value = entry.value;
    if (typeof value === 'object' && value !== null) this.#tracker.handOut(entry);
    return value;
  }

  peek(namespace: Namespace): unknown {
    return this.#find(namespace)?.value;
  }

  put(namespace: Namespace, value: unknown): void {
    assert(value !== undefined, 'A state is put to undefined');
    const entry = this.#find(namespace);
    const owned = isReturned(value, entry?.value) ? this.#returned.own(value) : ownedValue(value);
    if (entry === undefined) {
      this.#insert(namespace, owned);
      return;
    }
    this.#tracker.change(entry);
    entry.value = owned;
  }

  append(namespace: Namespace, element: unknown): void {
    const entry = this.#find(namespace);
    const owned = ownedValue(element);
    if (entry === undefined) {
      this.#insert(namespace, [owned]);
      return;
    }
    const list = entry.value;
    assert(Array.isArray(list), () => `State '${this.descriptor.name}' holds no list`);
    this.#tracker.handOut(entry);
    list.push(owned);
  }

  remove(namespace: Namespace): void {
    const entry = this.#find(namespace);
    if (entry === undefined) return;
    entry.slot.entries.delete(entry.id);
    this.#found = undefined;
    this.#entryCount--;
    this.#tracker.removed(entry);
    this.#groups.dropIfEmpty(entry.slot);
  }

  has(namespace: Namespace): boolean {
    return this.#find(namespace) !== undefined;
  }

  forEachEntry(visit: (namespace: Namespace) => void): void {
    for (let groupIndex = 0; groupIndex < this.#groups.groupCount; groupIndex++) {
      for (const { id, slot } of this.#groups.walk(groupIndex)) {
        this.#context.set(keyOfId(id), id, groupIndex);
        visit(slot.namespace);
      }
    }
    this.#context.clear();
  }

  walk(groupIndex: number): IterableIterator<TrackedEntry> {
    return this.#groups.walk(groupIndex);
  }

  restorePut(groupIndex: number, namespace: Namespace, key: KeyId, value: unknown): void {
    const slot = this.#groups.findOrMake(groupIndex, namespace);
    const entry = slot.entries.get(key);
    if (entry !== undefined) {
      entry.value = value;
      return;
    }
    slot.entries.set(key, new ValueEntry(slot, key, value, 0));
    this.#entryCount++;
    this.#tracker.counted(groupIndex, 1);
  }

  restoreBatch(groupIndex: number, batch: FlatBatch): void {
    for (const { namespace, key, value } of batchEntries(batch)) this.restorePut(groupIndex, namespace, key, value);
  }

  /** An entry that was kept elsewhere; it counts already. `isChanged`: it goes into the next delta. */
  adopt(
    groupIndex: number,
    namespace: Namespace,
    key: KeyId,
    { value, isChanged }: { readonly value: unknown; readonly isChanged: boolean },
  ): void {
    const slot = this.#groups.findOrMake(groupIndex, namespace);
    const entry = new ValueEntry(slot, key, value, 0);
    slot.entries.set(key, entry);
    this.#entryCount++;
    if (isChanged) this.#tracker.adopted(entry);
    this.#foundSequence = -1;
  }

  restoreRemove(groupIndex: number, namespace: Namespace, key: KeyId): void {
    const slot = this.#groups.find(groupIndex, namespace);
    if (slot?.entries.delete(key) !== true) return;
    this.#entryCount--;
    this.#tracker.counted(groupIndex, -1);
    this.#groups.dropIfEmpty(slot);
  }

  finishRestore(): void {
    // Nothing: entries have no order.
  }

  #find(namespace: Namespace): ValueEntry | undefined {
    const context = this.#context;
    if (this.#foundSequence === context.sequence && this.#foundNamespace === namespace) return this.#found;
    if (context.groupIndex < 0) context.require(`state '${this.descriptor.name}'`);
    this.#found = this.#groups.find(context.groupIndex, namespace)?.entries.get(context.id);
    this.#foundSequence = context.sequence;
    this.#foundNamespace = namespace;
    return this.#found;
  }

  #insert(namespace: Namespace, value: unknown): void {
    const { groupIndex, id } = this.#context;
    const slot = this.#groups.findOrMake(groupIndex, namespace);
    const entry = new ValueEntry(slot, ownedId(id), value, this.#tracker.newStamp);
    slot.entries.set(entry.id, entry);
    this.#found = entry;
    this.#entryCount++;
    this.#tracker.created(entry);
  }
}
