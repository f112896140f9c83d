import { ByteReader } from '../../base/byte-reader.ts';
import { MillraceError } from '../../base/errors.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import { VOID_NAMESPACE } from '../../base/keyed-state.ts';
import type { Namespace } from '../../base/keyed-state.ts';
import type { StringBytes } from '../../base/string-bytes.ts';
import { ValueDecoder } from '../../codec/value-decoder.ts';
import { keyIdOf } from '../canonical-key.ts';
import type { KeyId } from '../canonical-key.ts';
import type { BatchColumn, FlatBatch } from './flat-batch.ts';
import { readColumn } from './flat-batch.ts';
import {
  SECTION_VERSION,
  TAG_END,
  TAG_KEY,
  TAG_NAMESPACE,
  TAG_PUT,
  TAG_PUT_BATCH,
  TAG_REMOVE,
  TAG_TABLE,
  TAG_TIMESTAMP,
  TAG_USE_TABLE,
  kindOfCode,
} from './section-format.ts';
import type { TableHeader } from './section-format.ts';

/** Where the entries of sections go. Values and keys are fresh. */
export interface ValueRestore {
  readonly shape: 'value';
  restorePut(groupIndex: number, namespace: Namespace, key: KeyId, value: unknown): void;
  restoreBatch(groupIndex: number, batch: FlatBatch): void;
  restoreRemove(groupIndex: number, namespace: Namespace, key: KeyId): void;
}

export interface MapRestore {
  readonly shape: 'map';
  restorePut(entry: RestoredMapEntry): void;
  restoreRemove(groupIndex: number, namespace: Namespace, key: KeyId, mapKey: KeyId): void;
}

export interface TimerRestore {
  readonly shape: 'timer';
  restorePut(timer: RestoredTimer): void;
  restoreRemove(groupIndex: number, namespace: Namespace, timestampMs: EventTimeMs, key: KeyId): void;
}

export interface RestoredMapEntry {
  readonly groupIndex: number;
  readonly namespace: Namespace;
  readonly key: KeyId;
  readonly order: number;
  readonly mapKey: KeyId;
  readonly value: unknown;
}

export interface RestoredTimer {
  readonly groupIndex: number;
  readonly namespace: Namespace;
  readonly timestampMs: EventTimeMs;
  readonly order: number;
  readonly key: KeyId;
}

export type TableRestore = ValueRestore | MapRestore | TimerRestore;

/** Finds or makes the table; throws STATE_INCOMPATIBLE when there is one of that name and another kind. */
export type TableSource = (header: TableHeader) => TableRestore;

export interface SectionToRead {
  readonly bytes: Uint8Array;
  readonly keyGroup: number;
  /** Index of the key group within the backend's range. */
  readonly groupIndex: number;
  /** What the chain says: bases come first, and only there. */
  readonly isBase: boolean;
}

/** Reads sections (section-format.ts) into tables. */
export class SectionReader {
  readonly #decoder: ValueDecoder;
  readonly #tableSource: TableSource;
  #reader: ByteReader = new ByteReader(new Uint8Array());
  #groupIndex = 0;
  #tables: TableRestore[] = [];
  #table: TableRestore | undefined;
  #namespace: Namespace = VOID_NAMESPACE;
  #key: KeyId | undefined;
  #timestampMs: EventTimeMs | undefined;

  constructor(strings: StringBytes, tableSource: TableSource) {
    this.#decoder = new ValueDecoder(strings);
    this.#tableSource = tableSource;
  }

  /** Throws CHECKPOINT_CORRUPT where the bytes are not a section of that key group. */
  read(section: SectionToRead): void {
    this.#reader = new ByteReader(section.bytes);
    this.#decoder.reset();
    this.#groupIndex = section.groupIndex;
    this.#tables = [];
    this.#table = undefined;
    this.#header(section);
    let entryCount = 0;
    for (;;) {
      const tag = this.#reader.u8();
      if (tag === TAG_END) break;
      if (tag === TAG_PUT || tag === TAG_REMOVE) entryCount++;
      if (tag === TAG_PUT_BATCH) entryCount += this.#putBatch();
      else this.#record(tag);
    }
    if (this.#reader.varint() !== entryCount) throw this.#corrupt('the count of its entries differs');
    if (this.#reader.remaining > 0) throw this.#corrupt('there are bytes after its end');
  }

  #header(section: SectionToRead): void {
    const version = this.#reader.u8();
    if (version > SECTION_VERSION) {
      throw new MillraceError(
        'CHECKPOINT_VERSION_UNSUPPORTED',
        `Reading state of key group ${section.keyGroup} failed: section version ${version} is above ${SECTION_VERSION}`,
      );
    }
    if ((this.#reader.u8() === 1) !== section.isBase) throw this.#corrupt('it stands at the wrong place of its chain');
    const keyGroup = this.#reader.varint();
    if (keyGroup !== section.keyGroup) throw this.#corrupt(`it is of key group ${keyGroup}, not ${section.keyGroup}`);
  }

  #record(tag: number): void {
    switch (tag) {
      case TAG_TABLE:
        return this.#declareTable();
      case TAG_USE_TABLE:
        return this.#useTable(this.#tables[this.#reader.varint()]);
      case TAG_NAMESPACE:
        return this.#useNamespace(this.#decoder.read(this.#reader));
      case TAG_KEY:
        this.#key = this.#keyId();
        return undefined;
      case TAG_TIMESTAMP:
        this.#timestampMs = this.#reader.f64();
        return undefined;
      case TAG_PUT:
        return this.#put();
      case TAG_REMOVE:
        return this.#remove();
      default:
        throw this.#corrupt(`there is no record ${tag}`);
    }
  }

  #declareTable(): void {
    const kind = kindOfCode(this.#reader.u8());
    const name = this.#decoder.read(this.#reader);
    if (kind === undefined || typeof name !== 'string') throw this.#corrupt('a state has no name or kind');
    const table = this.#tableSource({ name, kind });
    this.#tables.push(table);
    this.#useTable(table);
  }

  #useTable(table: TableRestore | undefined): void {
    this.#table = table;
    this.#useNamespace(VOID_NAMESPACE);
  }

  #useNamespace(namespace: unknown): void {
    if (typeof namespace !== 'string' && typeof namespace !== 'number')
      throw this.#corrupt('a namespace is no primitive');
    this.#namespace = namespace;
    this.#key = undefined;
    this.#timestampMs = undefined;
  }

  #put(): void {
    const table = this.#table;
    const groupIndex = this.#groupIndex;
    const namespace = this.#namespace;
    switch (table?.shape) {
      case 'value':
        return table.restorePut(groupIndex, namespace, this.#keyId(), this.#decoder.read(this.#reader));
      case 'map': {
        const key = this.#currentKey();
        const order = this.#reader.varint();
        const mapKey = this.#keyId();
        const value = this.#decoder.read(this.#reader);
        return table.restorePut({ groupIndex, namespace, key, order, mapKey, value });
      }
      case 'timer': {
        const timestampMs = this.#currentTimestampMs();
        const order = this.#reader.varint();
        return table.restorePut({ groupIndex, namespace, timestampMs, order, key: this.#keyId() });
      }
      default:
        throw this.#corrupt('an entry has no state');
    }
  }

  /** Returns how many. */
  #putBatch(): number {
    const table = this.#table;
    if (table?.shape !== 'value') throw this.#corrupt('a batch has no state of values');
    const count = this.#reader.varint();
    const hasNamespaces = this.#reader.u8() === 1;
    const fields = this.#fieldNames();
    // Each takes a byte at least: a wrong count must not reserve memory that nothing fills.
    if (count > this.#reader.remaining) throw this.#corrupt('a column is longer than the section');
    const keys = this.#numbers(count);
    const namespaces = hasNamespaces ? this.#numbers(count) : undefined;
    const columns = Array.from({ length: fields?.length ?? 1 }, () => this.#column(count));
    table.restoreBatch(this.#groupIndex, { count, fields, keys, namespaces, columns });
    return count;
  }

  #numbers(count: number): Float64Array {
    const column = this.#column(count);
    if (Array.isArray(column)) throw this.#corrupt('keys or namespaces are texts');
    return column;
  }

  #column(count: number): BatchColumn {
    const column = readColumn(this.#reader, this.#decoder, count);
    if (column === undefined) throw this.#corrupt('a column is of no known kind');
    return column;
  }

  #fieldNames(): readonly string[] | undefined {
    const names = this.#decoder.read(this.#reader);
    if (names === null) return undefined;
    if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string'))
      throw this.#corrupt('names of fields are no list of names');
    return names;
  }

  #remove(): void {
    const table = this.#table;
    switch (table?.shape) {
      case 'value':
        return table.restoreRemove(this.#groupIndex, this.#namespace, this.#keyId());
      case 'map':
        return table.restoreRemove(this.#groupIndex, this.#namespace, this.#currentKey(), this.#keyId());
      case 'timer':
        return table.restoreRemove(this.#groupIndex, this.#namespace, this.#currentTimestampMs(), this.#keyId());
      default:
        throw this.#corrupt('an entry has no state');
    }
  }

  #keyId(): KeyId {
    return keyIdOf(this.#decoder.read(this.#reader));
  }

  #currentKey(): KeyId {
    if (this.#key === undefined) throw this.#corrupt('a map entry has no key');
    return this.#key;
  }

  #currentTimestampMs(): EventTimeMs {
    if (this.#timestampMs === undefined) throw this.#corrupt('a timer has no time');
    return this.#timestampMs;
  }

  #corrupt(what: string): MillraceError {
    const position = this.#reader.position;
    return new MillraceError(
      'CHECKPOINT_CORRUPT',
      `Reading a section of keyed state failed at byte ${position}: ${what}`,
    );
  }
}
