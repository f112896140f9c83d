/**
 * The rows of all key groups of a backend: what its states keep in cells, found with one lookup for each record however many
 * states there are.
 *
 * Snapshots see rows as they were: before the first change of a row in an epoch, each running snapshot that has not written the
 * row yet copies the chunk that the row is in (rows-snapshot.ts). So a snapshot costs at most one copy of the memory, made piece
 * by piece, and nothing is allocated for a record.
 */
import { assert } from '../../../base/assert.ts';
import { VOID_NAMESPACE } from '../../../base/keyed-state.ts';
import type { Namespace } from '../../../base/keyed-state.ts';
import type { ChangeTracker } from '../../changes/change-tracker.ts';
import type { KeyContext } from '../../key-context.ts';
import { NO_NAMESPACE } from '../../section/flat-batch.ts';
import type { FlatBatch } from '../../section/flat-batch.ts';
import type { TableHeader } from '../../section/section-format.ts';
import type { FlatForm } from './flat-form.ts';
import { ChangedCounts } from './changed-counts.ts';
import { ChunkCopies } from './chunk-copies.ts';
import type { Column } from './column.ts';
import { GroupRows, HEADER_WORDS } from './group-rows.ts';
import type { RowLayout } from './group-rows.ts';
import { isRowKey, isRowNamespace, namespaceOfWord, namespaceWord } from './row-place.ts';
import { RowsSnapshot } from './rows-snapshot.ts';
import type { RowsSnapshotScope } from './rows-snapshot.ts';
import { Tombstones } from './tombstones.ts';

/** As many states as a row has bits for. */
const COLUMNS_MAX = 31;

export class FlatRows {
  readonly #context: KeyContext;
  readonly #tracker: ChangeTracker;
  readonly #groups: (GroupRows | undefined)[];
  readonly #columns: Column[] = [];
  readonly #running = new Set<RowsSnapshot>();
  readonly #copies = new ChunkCopies();
  readonly #tombstones = new Tombstones();
  readonly #changedCounts: ChangedCounts;
  #layout: RowLayout = { stride: HEADER_WORDS, textStride: 0, namespaceAt: -1 };
  /** What the last `seek` found, for the key of that sequence number and the namespace. */
  #sequence = -1;
  #namespace: Namespace = VOID_NAMESPACE;
  #group: GroupRows | undefined;
  #row = -1;

  constructor(context: KeyContext, tracker: ChangeTracker, groupCount: number) {
    this.#context = context;
    this.#tracker = tracker;
    this.#groups = Array.from<undefined>({ length: groupCount });
    this.#changedCounts = new ChangedCounts(groupCount);
  }

  /** Room for a state's values; undefined when there are too many states. */
  addColumn(header: TableHeader, form: FlatForm): Column | undefined {
    if (this.#columns.length === COLUMNS_MAX) return undefined;
    const { stride, textStride } = this.#layout;
    const column: Column = { header, form, at: stride, textAt: textStride, bit: 1 << this.#columns.length };
    this.#columns.push(column);
    this.#setLayout({ stride: stride + form.wordCount, textStride: textStride + form.textCount });
    return column;
  }

  /** Can the current key and the namespace be in a row? */
  holds(namespace: Namespace): boolean {
    const { id } = this.#context;
    return isRowKey(id) && isRowNamespace(namespace);
  }

  /** The value of the current key; undefined when there is none. */
  get(column: Column, namespace: Namespace): unknown {
    const row = this.#seek(namespace, column);
    const { bit, form, at, textAt } = column;
    const group = this.#group;
    if (row < 0 || group === undefined || (group.presenceOf(row) & bit) === 0) return undefined;
    return form.read(group, row * group.layout.stride + at, row * group.layout.textStride + textAt);
  }

  has(column: Column, namespace: Namespace): boolean {
    const row = this.#seek(namespace, column);
    const { bit } = column;
    return row >= 0 && this.#group !== undefined && (this.#group.presenceOf(row) & bit) !== 0;
  }

  /** Makes the key of each value the current one. */
  forEachEntry({ bit }: Column, visit: (namespace: Namespace) => void): void {
    for (const [groupIndex, group] of this.#groups.entries()) {
      for (let row = 0; group !== undefined && row < group.capacity; row++) {
        if ((group.presenceOf(row) & bit) === 0) continue;
        const key = group.keyOf(row);
        this.#context.set(key, key, groupIndex);
        visit(namespaceOfWord(group.namespaceOf(row)));
      }
    }
    this.#context.clear();
  }

  /** The column can take the value, and the rows the key and the namespace. True when there was no value before. */
  put(column: Column, namespace: Namespace, value: unknown): boolean {
    const { bit, form, at, textAt } = column;
    let row = this.#seek(namespace, column);
    if (row < 0) row = this.#make(namespace);
    const group = this.#currentGroup();
    this.#change(this.#context.groupIndex, group, row);
    form.write(group, row * group.layout.stride + at, row * group.layout.textStride + textAt, value);
    return this.#present(this.#context.groupIndex, group, row, bit);
  }

  /** True when there was a value. */
  remove(column: Column, namespace: Namespace): boolean {
    const row = this.#seek(namespace, column);
    const group = this.#group;
    if (row < 0 || group === undefined || (group.presenceOf(row) & column.bit) === 0) return false;
    this.#remove(column, this.#context.groupIndex, group, row);
    return true;
  }

  /** From a checkpoint; true when there was no value before. */
  restorePut({ bit, form, at, textAt }: Column, place: RowPlace, value: unknown): boolean {
    if (place.namespace !== NO_NAMESPACE) this.#addNamespaces();
    const group = this.#groupAt(place.groupIndex);
    const row = restoredRow(group, place.key, place.namespace);
    form.write(group, row * group.layout.stride + at, row * group.layout.textStride + textAt, value);
    const bits = group.presenceOf(row);
    group.setPresence(row, bits | bit);
    if ((bits & bit) !== 0) return false;
    this.#tracker.counted(place.groupIndex, 1);
    return true;
  }

  /** As `restorePut`, for a batch of the column's form; returns how many had no value before. The texts are nobody else's. */
  restoreBatch({ bit, form, at, textAt }: Column, groupIndex: number, batch: FlatBatch): number {
    if (batch.namespaces !== undefined) this.#addNamespaces();
    const group = this.#groupAt(groupIndex);
    const { stride, textStride } = group.layout;
    assert(form.kinds.length === batch.columns.length, 'A batch has other columns than its state');
    let newCount = 0;
    for (let index = 0; index < batch.count; index++) {
      const row = restoredRow(group, batch.keys[index] ?? 0, batch.namespaces?.[index] ?? NO_NAMESPACE);
      let word = row * stride + at;
      let text = row * textStride + textAt;
      for (const column of batch.columns) {
        if (Array.isArray(column)) group.texts[text++] = column[index];
        else group.words[word++] = column[index] ?? 0;
      }
      const bits = group.presenceOf(row);
      if ((bits & bit) === 0) newCount++;
      group.setPresence(row, bits | bit);
    }
    this.#tracker.counted(groupIndex, newCount);
    return newCount;
  }

  /** A later section of the chain took the value back; true when there was one. */
  restoreRemove({ bit }: Column, place: RowPlace): boolean {
    const group = this.#groups[place.groupIndex];
    const row = group?.find(place.key, place.namespace) ?? -1;
    if (group === undefined || row < 0 || (group.presenceOf(row) & bit) === 0) return false;
    group.setPresence(row, group.presenceOf(row) & ~bit);
    if (group.presenceOf(row) === 0) group.remove(row);
    this.#tracker.counted(place.groupIndex, -1);
    return true;
  }

  /** Takes all values of a column out, for another table that counts and tracks them from now on. */
  *drain({ bit, form, at, textAt }: Column): IterableIterator<{ readonly place: RowPlace; readonly value: unknown }> {
    this.#sequence = -1;
    for (const [groupIndex, group] of this.#groups.entries()) {
      for (let row = 0; group !== undefined && row < group.capacity; row++) {
        if ((group.presenceOf(row) & bit) === 0) continue;
        const place = { groupIndex, key: group.keyOf(row), namespace: group.namespaceOf(row) };
        const value = form.read(group, row * group.layout.stride + at, row * group.layout.textStride + textAt);
        this.#change(groupIndex, group, row);
        group.setPresence(row, group.presenceOf(row) & ~bit);
        if (group.presenceOf(row) === 0) group.remove(row);
        yield { place, value };
      }
    }
  }

  /** What a delta of the key group would hold of rows, an estimate. */
  changedCount(groupIndex: number, sinceStamp: number): number {
    return this.#tombstones.of(groupIndex).length + this.#changedCounts.since(sinceStamp, groupIndex);
  }

  startSnapshot(scope: Omit<RowsSnapshotScope, 'columns' | 'copies'>): RowsSnapshot {
    const snapshot = new RowsSnapshot(
      { ...scope, columns: [...this.#columns], copies: this.#copies },
      (groupIndex) => ({
        rows: this.#groups[groupIndex],
        tombstones: this.#tombstones.of(groupIndex),
      }),
    );
    this.#running.add(snapshot);
    return snapshot;
  }

  snapshotEnded(snapshot: RowsSnapshot): void {
    this.#running.delete(snapshot);
  }

  /** Changes of epochs below `sinceStamp` are in a completed checkpoint. */
  forgetBefore(sinceStamp: number): void {
    this.#changedCounts.forgetBefore(sinceStamp);
    this.#tombstones.forgetBefore(sinceStamp);
  }

  #seek(namespace: Namespace, { header }: Column): number {
    const context = this.#context;
    if (this.#sequence === context.sequence && this.#namespace === namespace) return this.#row;
    if (context.groupIndex < 0) context.require(`state '${header.name}'`);
    const { id } = context;
    const group = this.#groups[context.groupIndex];
    const isPlace = typeof id === 'number' && isRowNamespace(namespace);
    if (group !== undefined) this.#widen(group);
    this.#group = group;
    this.#row = group === undefined || !isPlace ? -1 : group.find(id, namespaceWord(namespace));
    this.#sequence = context.sequence;
    this.#namespace = namespace;
    return this.#row;
  }

  #make(namespace: Namespace): number {
    const { groupIndex, id } = this.#context;
    assert(typeof id === 'number', 'A key that is no number has no row');
    const word = namespaceWord(namespace);
    if (word !== NO_NAMESPACE) this.#addNamespaces();
    const group = this.#groupAt(groupIndex);
    const row = group.placeFor(id, word);
    // Snapshots have to see the place free.
    this.#change(groupIndex, group, row);
    group.insert(row, id, word, this.#tracker.newStamp);
    this.#group = group;
    this.#row = row;
    this.#sequence = this.#context.sequence;
    this.#namespace = namespace;
    return row;
  }

  #groupAt(groupIndex: number): GroupRows {
    const group = (this.#groups[groupIndex] ??= new GroupRows(this.#layout));
    this.#widen(group);
    return group;
  }

  #widen(group: GroupRows): void {
    if (group.layout !== this.#layout) group.widen(this.#layout);
  }

  /** Most operators have windows or have none: without, rows do without the word. */
  #addNamespaces(): void {
    const { stride, namespaceAt } = this.#layout;
    if (namespaceAt < 0) this.#setLayout({ namespaceAt: stride, stride: stride + 1 });
  }

  #setLayout(change: Partial<RowLayout>): void {
    this.#layout = { ...this.#layout, ...change };
    // What was found last may be too narrow.
    this.#sequence = -1;
  }

  #currentGroup(): GroupRows {
    const group = this.#group;
    assert(group !== undefined, 'A row has no key group');
    return group;
  }

  /** Before a row's words change. */
  #change(groupIndex: number, group: GroupRows, row: number): void {
    const { epochStamp } = this.#tracker;
    if (group.stampOf(row) >= epochStamp) return;
    for (const snapshot of this.#running) snapshot.keepImage(groupIndex, group, row);
    group.setStamp(row, epochStamp);
    this.#changedCounts.add(epochStamp, groupIndex, bitCount(group.presenceOf(row)));
  }

  #present(groupIndex: number, group: GroupRows, row: number, bit: number): boolean {
    const bits = group.presenceOf(row);
    if ((bits & bit) !== 0) return false;
    group.setPresence(row, bits | bit);
    this.#changedCounts.add(this.#tracker.epochStamp, groupIndex, 1);
    this.#tracker.counted(groupIndex, 1);
    return true;
  }

  #remove(column: Column, groupIndex: number, group: GroupRows, row: number): void {
    this.#change(groupIndex, group, row);
    // A row made in this epoch is in no checkpoint.
    if (group.stampOf(row) === this.#tracker.epochStamp) this.#bury(column, groupIndex, group, row);
    group.setPresence(row, group.presenceOf(row) & ~column.bit);
    this.#tracker.counted(groupIndex, -1);
    if (group.presenceOf(row) !== 0) return;
    group.remove(row);
    this.#row = -1;
  }

  #bury({ header }: Column, groupIndex: number, group: GroupRows, row: number): void {
    if (!this.#tracker.tracksChanges(groupIndex)) return;
    const key = group.keyOf(row);
    const namespace = group.namespaceOf(row);
    const stamp = this.#tracker.epochStamp;
    const liveCount = this.#tracker.liveCount(groupIndex);
    if (!this.#tombstones.add(groupIndex, { header, key, namespace, stamp }, liveCount))
      this.#tracker.giveUpTracking(groupIndex);
  }
}

export interface RowPlace {
  readonly groupIndex: number;
  readonly key: number;
  /** A word: NO_NAMESPACE for none. */
  readonly namespace: number;
}

/** Found or made. */
function restoredRow(group: GroupRows, key: number, namespace: number): number {
  const found = group.find(key, namespace);
  if (found >= 0) return found;
  const row = group.placeFor(key, namespace);
  group.insert(row, key, namespace, 0);
  return row;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
