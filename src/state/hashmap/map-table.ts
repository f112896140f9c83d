import { assert } from '../../base/assert.ts';
import type { MapStateTable, Namespace } from '../../base/keyed-state.ts';
import type { StateDescriptorInfo } from '../../base/state-handle.ts';
import { keyIdOf, keyOfId } from '../canonical-key.ts';
import type { KeyId } from '../canonical-key.ts';
import { ABSENT, TrackedEntry } from '../changes/tracked-entry.ts';
import type { ChangeTracker } from '../changes/change-tracker.ts';
import type { KeyContext } from '../key-context.ts';
import { isReturned, ownedId, ownedValue, ReturnedValues } from '../owned.ts';
import type { MapRestore, RestoredMapEntry } from '../section/section-reader.ts';
import type { SectionWriter } from '../section/section-writer.ts';
import type { BackendTable } from './backend-table.ts';
import { NamespacedGroups, boundedValues } from './namespaced-groups.ts';
import type { NamespaceSlot } from './namespaced-groups.ts';

/** The map of one (key, namespace). Dropped when it becomes empty. */
class MapBucket {
  readonly slot: NamespaceSlot<MapBucket>;
  readonly id: KeyId;
  readonly entries = new Map<KeyId, MapEntry>();
  /** Sections may hold entries in any order; after a restore they are put in order once. */
  isInOrder: boolean = true;
  lastOrder: number = -1;

  constructor(slot: NamespaceSlot<MapBucket>, id: KeyId) {
    this.slot = slot;
    this.id = id;
  }

  /** Appends the entry. */
  add(entry: MapEntry): void {
    if (entry.order < this.lastOrder) this.isInOrder = false;
    else this.lastOrder = entry.order;
    this.entries.set(entry.id, entry);
  }

  putInOrder(): void {
    if (this.isInOrder) return;
    const entries = [...this.entries.values()].sort((a, b) => a.order - b.order);
    this.entries.clear();
    for (const entry of entries) this.entries.set(entry.id, entry);
    this.isInOrder = true;
  }
}

class MapEntry extends TrackedEntry {
  readonly bucket: MapBucket;
  /** Grows with each insertion into the key group: a map is in order of insertion, after a restore too. */
  readonly order: number;

  constructor(bucket: MapBucket, id: KeyId, value: unknown, stamp: number, order: number) {
    super(id, value, stamp);
    this.bucket = bucket;
    this.order = order;
  }

  override get groupIndex(): number {
    return this.bucket.slot.groupIndex;
  }

  override write(section: SectionWriter, value: unknown): void {
    const { slot, id: key } = this.bucket;
    const place = { table: slot.header, namespace: slot.namespace, key, mapKey: this.id };
    if (value === ABSENT) section.removeMapEntry(place);
    else section.putMapEntry(place, this.order, value);
  }
}

/** A map state: one Map per (key, namespace), whose entries are tracked one by one. */
export class MapTable implements MapStateTable, BackendTable, MapRestore {
  readonly descriptor: StateDescriptorInfo;
  readonly shape = 'map';
  readonly #context: KeyContext;
  readonly #tracker: ChangeTracker;
  readonly #returned = new ReturnedValues();
  readonly #groups: NamespacedGroups<MapBucket>;
  /** By key group: above the order of all its entries. */
  readonly #nextOrder: number[];
  #entryCount = 0;
  #foundSequence = -1;
  #foundNamespace: Namespace = '';
  #found: MapBucket | undefined;

  constructor(descriptor: StateDescriptorInfo, context: KeyContext, tracker: ChangeTracker, groupCount: number) {
    this.descriptor = descriptor;
    this.#context = context;
    this.#tracker = tracker;
    this.#groups = new NamespacedGroups(descriptor, groupCount);
    this.#nextOrder = Array.from({ length: groupCount }, () => 0);
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  get(namespace: Namespace, mapKey: unknown): unknown {
    const entry = this.#find(namespace)?.entries.get(keyIdOf(mapKey));
    return entry === undefined ? undefined : this.#handOut(entry);
  }

  put(namespace: Namespace, mapKey: unknown, value: unknown): void {
    assert(value !== undefined, 'A map entry is put to undefined');
    const bucket = this.#find(namespace);
    const id = keyIdOf(mapKey);
    const entry = bucket?.entries.get(id);
    const owned = isReturned(value, entry?.value) ? this.#returned.own(value) : ownedValue(value);
    if (entry === undefined) {
      this.#insert(bucket ?? this.#makeBucket(namespace), id, owned);
      return;
    }
    this.#tracker.change(entry);
    entry.value = owned;
  }

  remove(namespace: Namespace, mapKey: unknown): void {
    const bucket = this.#find(namespace);
    const entry = bucket?.entries.get(keyIdOf(mapKey));
    if (bucket === undefined || entry === undefined) return;
    this.#remove(bucket, entry);
    this.#dropIfEmpty(bucket);
  }

  has(namespace: Namespace, mapKey: unknown): boolean {
    return this.#find(namespace)?.entries.has(keyIdOf(mapKey)) ?? false;
  }

  *entries(namespace: Namespace): IterableIterator<[unknown, unknown]> {
    const bucket = this.#find(namespace);
    if (bucket === undefined) return;
    for (const entry of bucket.entries.values()) yield [keyOfId(entry.id), this.#handOut(entry)];
  }

  *keys(namespace: Namespace): IterableIterator<unknown> {
    const bucket = this.#find(namespace);
    if (bucket === undefined) return;
    for (const id of bucket.entries.keys()) yield keyOfId(id);
  }

  isEmpty(namespace: Namespace): boolean {
    return this.#find(namespace) === undefined;
  }

  clear(namespace: Namespace): void {
    const bucket = this.#find(namespace);
    if (bucket === undefined) return;
    for (const entry of bucket.entries.values()) this.#remove(bucket, entry);
    this.#dropIfEmpty(bucket);
  }

  *walk(groupIndex: number): IterableIterator<TrackedEntry> {
    for (const bucket of this.#groups.walk(groupIndex)) yield* boundedValues(bucket.entries);
  }

  restorePut({ groupIndex, namespace, key, order, mapKey, value }: RestoredMapEntry): void {
    const slot = this.#groups.findOrMake(groupIndex, namespace);
    let bucket = slot.entries.get(key);
    if (bucket === undefined) slot.entries.set(key, (bucket = new MapBucket(slot, key)));
    const entry = bucket.entries.get(mapKey);
    if (entry?.order === order) {
      entry.value = value;
      return;
    }
    assert(entry === undefined, () => `A map entry of state '${this.descriptor.name}' has two places`);
    bucket.add(new MapEntry(bucket, mapKey, value, 0, order));
    this.#nextOrder[groupIndex] = Math.max(this.#orderAfter(groupIndex), order + 1);
    this.#entryCount++;
    this.#tracker.counted(groupIndex, 1);
  }

  restoreRemove(groupIndex: number, namespace: Namespace, key: KeyId, mapKey: KeyId): void {
    const bucket = this.#groups.find(groupIndex, namespace)?.entries.get(key);
    if (bucket?.entries.delete(mapKey) !== true) return;
    this.#entryCount--;
    this.#tracker.counted(groupIndex, -1);
    this.#dropIfEmpty(bucket);
  }

  finishRestore(groupIndex: number): void {
    for (const bucket of this.#groups.walk(groupIndex)) bucket.putInOrder();
  }

  #find(namespace: Namespace): MapBucket | undefined {
    const context = this.#context;
    if (this.#foundSequence === context.sequence && this.#foundNamespace === namespace) return this.#found;
    if (context.groupIndex < 0) context.require(`state '${this.descriptor.name}'`);
    this.#found = this.#groups.find(context.groupIndex, namespace)?.entries.get(context.id);
    this.#foundSequence = context.sequence;
    this.#foundNamespace = namespace;
    return this.#found;
  }

  #handOut(entry: MapEntry): unknown {
    const value = entry.value;
    if (typeof value === 'object' && value !== null) this.#tracker.handOut(entry);
    return value;
  }

  #makeBucket(namespace: Namespace): MapBucket {
    const { groupIndex, id } = this.#context;
    const slot = this.#groups.findOrMake(groupIndex, namespace);
    const bucket = new MapBucket(slot, ownedId(id));
    slot.entries.set(bucket.id, bucket);
    this.#found = bucket;
    return bucket;
  }

  #insert(bucket: MapBucket, id: KeyId, value: unknown): void {
    const { groupIndex } = bucket.slot;
    const order = this.#orderAfter(groupIndex);
    this.#nextOrder[groupIndex] = order + 1;
    const entry = new MapEntry(bucket, ownedId(id), value, this.#tracker.newStamp, order);
    bucket.add(entry);
    this.#entryCount++;
    this.#tracker.created(entry);
  }

  #remove(bucket: MapBucket, entry: MapEntry): void {
    bucket.entries.delete(entry.id);
    this.#entryCount--;
    this.#tracker.removed(entry);
  }

  #dropIfEmpty(bucket: MapBucket): void {
    if (bucket.entries.size > 0) return;
    if (this.#found === bucket) this.#found = undefined;
    bucket.slot.entries.delete(bucket.id);
    this.#groups.dropIfEmpty(bucket.slot);
  }

  #orderAfter(groupIndex: number): number {
    return this.#nextOrder[groupIndex] ?? 0;
  }
}
