/**
 * The bytes of one section: one key group of one operator at one checkpoint. A base section holds all entries of the key group,
 * a delta those that were added, changed or removed since an earlier checkpoint. Sections are self-contained: state names, key
 * groups and the shapes of values are inside, so that any reader can read one alone. Little endian; `varint` is LEB128, `value`
 * is the value codec's encoding, with shapes counted from the section's start.
 *
 *   u8      version
 *   u8      1 for a base, 0 for a delta
 *   varint  key group (checked against the one that is being restored)
 *   records, each a u8 tag and its fields:
 *     TABLE      u8 kind code, value name   declares a table, numbers it (0, 1, ...) and makes it current
 *     USE_TABLE  varint number              makes a declared table current
 *     NAMESPACE  value                      namespace of what follows; VOID_NAMESPACE after each change of table
 *     KEY        value                      map tables: key of the entries that follow
 *     TIMESTAMP  f64                        timer tables: time of the timers that follow
 *     PUT        value tables: value key, value value
 *                map tables:   varint order, value map key, value value
 *                timer tables: varint order, value key
 *     REMOVE     value tables: value key
 *                map tables:   value map key
 *                timer tables: value key
 *     PUT_BATCH  value tables: many at once, whose keys are numbers and whose values are numbers, texts or objects of them
 *                (flat-batch.ts): varint count, u8 1 with namespaces, value field names (null: the values are no objects), then columns
 *                of `count` each: keys, namespaces if any, and each field. A column is u8 0 and i32s, u8 1 and f64s, or u8 2 and values
 *     END        varint number of entries that were put and removed (checked)
 *
 * KEY and TIMESTAMP must come anew after each change of table or namespace. `order` is the place of a map entry or timer among
 * its neighbours (its order of insertion); records of a section may come in any order, but in a delta every REMOVE comes before
 * every PUT: an entry that was removed and added again has both.
 */
import type { StateDescriptorInfo } from '../../base/state-handle.ts';
import type { TimeDomain } from '../../base/keyed-state.ts';

/** 1: the first. 2: PUT_BATCH; sections that do not have it are written as before. */
export const SECTION_VERSION = 2;
export const SECTION_VERSION_WITHOUT_BATCH = 1;

export const TAG_END = 0;
export const TAG_TABLE = 1;
export const TAG_USE_TABLE = 2;
export const TAG_NAMESPACE = 3;
export const TAG_KEY = 4;
export const TAG_TIMESTAMP = 5;
export const TAG_PUT = 6;
export const TAG_REMOVE = 7;
export const TAG_PUT_BATCH = 8;

/** Timers of one time domain are a table like any state; their name is the domain. */
export type TableKind = StateDescriptorInfo['kind'] | TimeDomain;

export interface TableHeader {
  readonly name: string;
  readonly kind: TableKind;
}

const kindCodes: Readonly<Record<TableKind, number>> = {
  value: 1,
  list: 2,
  map: 3,
  reducing: 4,
  aggregating: 5,
  'event-time': 16,
  'processing-time': 17,
};

const kindsByCode: ReadonlyMap<number, TableKind> = new Map([
  [1, 'value'],
  [2, 'list'],
  [3, 'map'],
  [4, 'reducing'],
  [5, 'aggregating'],
  [16, 'event-time'],
  [17, 'processing-time'],
]);

export function kindCode(kind: TableKind): number {
  return kindCodes[kind];
}

/** Undefined for a code that this version does not know. */
export function kindOfCode(code: number): TableKind | undefined {
  return kindsByCode.get(code);
}
