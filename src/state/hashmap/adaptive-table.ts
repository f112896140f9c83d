import type { Namespace, StateTable } from '../../base/keyed-state.ts';
import type { StateDescriptorInfo } from '../../base/state-handle.ts';
import type { KeyId } from '../canonical-key.ts';
import type { TrackedEntry } from '../changes/tracked-entry.ts';
import type { FlatBatch } from '../section/flat-batch.ts';
import type { ValueRestore } from '../section/section-reader.ts';
import type { BackendTable } from './backend-table.ts';
import { batchEntries, batchForm } from './rows/batch-entries.ts';
import { flatFormOf, isSameForm } from './rows/flat-form.ts';
import type { FlatForm } from './rows/flat-form.ts';
import { isRowKey, isRowNamespace, namespaceOfWord, namespaceWord } from './rows/row-place.ts';
import type { Column } from './rows/column.ts';
import type { FlatRows } from './rows/flat-rows.ts';
import type { ValueTable } from './value-table.ts';

/**
 * A state of one value per (key, namespace) that is kept in rows as long as its keys and values allow: the first value
 * decides, and the first that does not fit moves all of them to a table of objects, once and for good.
 */
export class AdaptiveTable implements StateTable, BackendTable, ValueRestore {
  readonly descriptor: StateDescriptorInfo;
  readonly shape = 'value';
  readonly #rows: FlatRows;
  readonly #objects: ValueTable;
  /** Set while all values are in rows. */
  #column: Column | undefined;
  /** Nothing was put yet. */
  #isUndecided = true;
  #rowEntryCount = 0;

  constructor(objects: ValueTable, rows: FlatRows) {
    this.descriptor = objects.descriptor;
    this.#objects = objects;
    this.#rows = rows;
  }

  get entryCount(): number {
    return this.#rowEntryCount + this.#objects.entryCount;
  }

  get(namespace: Namespace): unknown {
    return this.#column === undefined ? this.#objects.get(namespace) : this.#rows.get(this.#column, namespace);
  }

  peek(namespace: Namespace): unknown {
    return this.#column === undefined ? this.#objects.peek(namespace) : this.#rows.get(this.#column, namespace);
  }

  forEachEntry(visit: (namespace: Namespace) => void): void {
    if (this.#column === undefined) this.#objects.forEachEntry(visit);
    else this.#rows.forEachEntry(this.#column, visit);
  }

  has(namespace: Namespace): boolean {
    return this.#column === undefined ? this.#objects.has(namespace) : this.#rows.has(this.#column, namespace);
  }

  put(namespace: Namespace, value: unknown): void {
    const column = this.#column;
    if (column !== undefined && column.form.fits(value) && this.#rows.holds(namespace)) {
      if (this.#rows.put(column, namespace, value)) this.#rowEntryCount++;
    } else {
      this.#putAnew(namespace, value);
    }
  }

  append(namespace: Namespace, element: unknown): void {
    this.#useObjects();
    this.#objects.append(namespace, element);
  }

  remove(namespace: Namespace): void {
    if (this.#column === undefined) this.#objects.remove(namespace);
    else if (this.#rows.remove(this.#column, namespace)) this.#rowEntryCount--;
  }

  /** Values in rows are written with the rows. */
  walk(groupIndex: number): IterableIterator<TrackedEntry> {
    return this.#objects.walk(groupIndex);
  }

  restorePut(groupIndex: number, namespace: Namespace, key: KeyId, value: unknown): void {
    const hasPlace = isRowKey(key) && isRowNamespace(namespace);
    if (hasPlace && this.#decideBy(value) && this.#column?.form.fits(value) === true) {
      const place = { groupIndex, key, namespace: namespaceWord(namespace) };
      if (this.#rows.restorePut(this.#column, place, value)) this.#rowEntryCount++;
      return;
    }
    this.#useObjects(true);
    this.#objects.restorePut(groupIndex, namespace, key, value);
  }

  restoreBatch(groupIndex: number, batch: FlatBatch): void {
    const form = batchForm(batch);
    if (this.#decide(form) && this.#column !== undefined && isSameForm(this.#column.form, form)) {
      this.#rowEntryCount += this.#rows.restoreBatch(this.#column, groupIndex, batch);
      return;
    }
    for (const { namespace, key, value } of batchEntries(batch)) this.restorePut(groupIndex, namespace, key, value);
  }

  restoreRemove(groupIndex: number, namespace: Namespace, key: KeyId): void {
    if (this.#column === undefined) return this.#objects.restoreRemove(groupIndex, namespace, key);
    if (!isRowKey(key) || !isRowNamespace(namespace)) return undefined;
    const place = { groupIndex, key, namespace: namespaceWord(namespace) };
    if (this.#rows.restoreRemove(this.#column, place)) this.#rowEntryCount--;
    return undefined;
  }

  finishRestore(): void {
    // Nothing: entries have no order.
  }

  /** A first value, or one that does not fit where the others are. */
  #putAnew(namespace: Namespace, value: unknown): void {
    if (this.#isUndecided && this.#rows.holds(namespace) && this.#decideBy(value)) {
      this.put(namespace, value);
      return;
    }
    this.#useObjects();
    this.#objects.put(namespace, value);
  }

  /** False when the values are in the table of objects, or have to go there. */
  #decideBy(value: unknown): boolean {
    if (!this.#isUndecided) return this.#column !== undefined;
    const form = flatFormOf(value);
    return form !== undefined && this.#decide(form);
  }

  /** False when the values are in the table of objects, or have to go there. */
  #decide(form: FlatForm): boolean {
    if (!this.#isUndecided) return this.#column !== undefined;
    this.#column = this.#rows.addColumn(this.descriptor, form);
    this.#isUndecided = false;
    return this.#column !== undefined;
  }

  #useObjects(isRestoring = false): void {
    this.#isUndecided = false;
    const column = this.#column;
    if (column === undefined) return;
    this.#column = undefined;
    for (const { place, value } of this.#rows.drain(column)) {
      const { groupIndex, key, namespace } = place;
      this.#objects.adopt(groupIndex, namespaceOfWord(namespace), key, { value, isChanged: !isRestoring });
    }
    this.#rowEntryCount = 0;
  }
}
