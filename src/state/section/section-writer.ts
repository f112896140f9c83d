import { assert } from '../../base/assert.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import { VOID_NAMESPACE } from '../../base/keyed-state.ts';
import type { Namespace } from '../../base/keyed-state.ts';
import type { StringBytes } from '../../base/string-bytes.ts';
import type { ShapeTable } from '../../codec/shape-table.ts';
import { ValueEncoder } from '../../codec/value-encoder.ts';
import { keyOfId } from '../canonical-key.ts';
import type { KeyId } from '../canonical-key.ts';
import type { FlatBatch } from './flat-batch.ts';
import { writeColumn } from './flat-batch.ts';
import {
  SECTION_VERSION,
  SECTION_VERSION_WITHOUT_BATCH,
  TAG_END,
  TAG_KEY,
  TAG_NAMESPACE,
  TAG_PUT,
  TAG_PUT_BATCH,
  TAG_REMOVE,
  TAG_TABLE,
  TAG_TIMESTAMP,
  TAG_USE_TABLE,
  kindCode,
} from './section-format.ts';
import type { TableHeader } from './section-format.ts';

/** What the records before left current; NOTHING after a change of what stands above. */
const NOTHING: unique symbol = Symbol('nothing');

/** Writes sections one after the other (section-format.ts); the buffer is reused. */
export class SectionWriter {
  readonly #writer: ByteWriter = new ByteWriter();
  readonly #encoder: ValueEncoder;
  readonly #tableNumbers = new Map<TableHeader, number>();
  #table: TableHeader | undefined;
  #namespace: Namespace = VOID_NAMESPACE;
  /** Key of a map table or timestamp of a timer table. */
  #group: KeyId | typeof NOTHING = NOTHING;
  #entryCount = 0;

  /** `shapes` may be shared: each section defines the shapes it refers to. */
  constructor(strings: StringBytes, shapes: ShapeTable) {
    this.#encoder = new ValueEncoder(strings, { shapes });
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  begin(keyGroup: number, isBase: boolean): void {
    this.#writer.clear();
    this.#encoder.reset();
    this.#tableNumbers.clear();
    this.#table = undefined;
    this.#entryCount = 0;
    this.#writer.u8(SECTION_VERSION_WITHOUT_BATCH);
    this.#writer.u8(isBase ? 1 : 0);
    this.#writer.varint(keyGroup);
  }

  /** A view of the section, valid until the next `begin`. */
  finish(): Uint8Array {
    this.#writer.u8(TAG_END);
    this.#writer.varint(this.#entryCount);
    return this.#writer.written();
  }

  putValue(table: TableHeader, namespace: Namespace, key: KeyId, value: unknown): void {
    this.#select(table, namespace);
    this.#tag(TAG_PUT);
    this.#key(key);
    this.#encoder.write(this.#writer, value);
  }

  putBatch(table: TableHeader, { count, fields, keys, namespaces, columns }: FlatBatch): void {
    this.#select(table, VOID_NAMESPACE);
    const writer = this.#writer;
    writer.bytes[0] = SECTION_VERSION;
    writer.u8(TAG_PUT_BATCH);
    writer.varint(count);
    writer.u8(namespaces === undefined ? 0 : 1);
    this.#encoder.write(writer, fields ?? null);
    for (const column of namespaces === undefined ? [keys, ...columns] : [keys, namespaces, ...columns])
      writeColumn(writer, this.#encoder, column, count);
    this.#entryCount += count;
  }

  removeValue(table: TableHeader, namespace: Namespace, key: KeyId): void {
    this.#select(table, namespace);
    this.#tag(TAG_REMOVE);
    this.#key(key);
  }

  putMapEntry(place: MapEntryPlace, order: number, value: unknown): void {
    this.#selectKey(place);
    this.#tag(TAG_PUT);
    this.#writer.varint(order);
    this.#key(place.mapKey);
    this.#encoder.write(this.#writer, value);
  }

  removeMapEntry(place: MapEntryPlace): void {
    this.#selectKey(place);
    this.#tag(TAG_REMOVE);
    this.#key(place.mapKey);
  }

  putTimer(place: TimerPlace, order: number): void {
    this.#selectTimestamp(place);
    this.#tag(TAG_PUT);
    this.#writer.varint(order);
    this.#key(place.key);
  }

  removeTimer(place: TimerPlace): void {
    this.#selectTimestamp(place);
    this.#tag(TAG_REMOVE);
    this.#key(place.key);
  }

  #tag(tag: typeof TAG_PUT | typeof TAG_REMOVE): void {
    this.#writer.u8(tag);
    this.#entryCount++;
  }

  #key(key: KeyId): void {
    this.#encoder.write(this.#writer, keyOfId(key));
  }

  #select(table: TableHeader, namespace: Namespace): void {
    if (this.#table !== table) this.#selectTable(table);
    if (this.#namespace === namespace) return;
    this.#namespace = namespace;
    this.#group = NOTHING;
    this.#writer.u8(TAG_NAMESPACE);
    this.#encoder.write(this.#writer, namespace);
  }

  #selectTable(table: TableHeader): void {
    const number = this.#tableNumbers.get(table);
    if (number === undefined) {
      this.#tableNumbers.set(table, this.#tableNumbers.size);
      this.#writer.u8(TAG_TABLE);
      this.#writer.u8(kindCode(table.kind));
      this.#encoder.write(this.#writer, table.name);
    } else {
      this.#writer.u8(TAG_USE_TABLE);
      this.#writer.varint(number);
    }
    this.#table = table;
    this.#namespace = VOID_NAMESPACE;
    this.#group = NOTHING;
  }

  #selectKey(place: MapEntryPlace): void {
    this.#select(place.table, place.namespace);
    if (this.#group === place.key) return;
    this.#group = place.key;
    this.#writer.u8(TAG_KEY);
    this.#key(place.key);
  }

  #selectTimestamp(place: TimerPlace): void {
    this.#select(place.table, place.namespace);
    if (this.#group === place.timestampMs) return;
    assert(!Number.isNaN(place.timestampMs), 'A timer has no time');
    this.#group = place.timestampMs;
    this.#writer.u8(TAG_TIMESTAMP);
    this.#writer.f64(place.timestampMs);
  }
}

export interface MapEntryPlace {
  readonly table: TableHeader;
  readonly namespace: Namespace;
  readonly key: KeyId;
  readonly mapKey: KeyId;
}

export interface TimerPlace {
  readonly table: TableHeader;
  readonly namespace: Namespace;
  readonly timestampMs: EventTimeMs;
  readonly key: KeyId;
}
