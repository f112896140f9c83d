/**
 * A shape: the field names of a plain object in their order, and what kind of value each field holds. Kinds only ever widen
 * (INT → NUMBER → TAGGED, everything else → TAGGED), so a field whose kind varies settles after two changes.
 */

/** Numbers as stored (wire-format.ts). */
export const KIND_INT = 0;
export const KIND_NUMBER = 1;
export const KIND_BOOLEAN = 2;
export const KIND_STRING = 3;
export const KIND_TAGGED = 4;

export type FieldKind =
  | typeof KIND_INT
  | typeof KIND_NUMBER
  | typeof KIND_BOOLEAN
  | typeof KIND_STRING
  | typeof KIND_TAGGED;

/** Bytes of the kinds that have a fixed size, by kind. */
const FIXED_BYTES: readonly number[] = [4, 8, 1, 0, 0];

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** Position in the object. */
  readonly index: number;
}

export class ShapeLayout {
  /** In the order of the object. */
  readonly fields: readonly Field[];
  readonly hasPrototype: boolean;
  /** In the order of the wire: by kind, so that everything of a fixed size stands at a constant offset. */
  readonly wireOrder: readonly Field[];
  readonly fixedBytes: number;

  constructor(fields: readonly Field[], hasPrototype: boolean) {
    this.fields = fields;
    this.hasPrototype = hasPrototype;
    this.wireOrder = fields.toSorted((left, right) => left.kind - right.kind);
    this.fixedBytes = fields.reduce((sum, field) => sum + fixedBytesOf(field.kind), 0);
  }

  /** Of an object whose own fields are exactly those named. */
  static of(object: Readonly<Record<string, unknown>>, names: readonly string[], hasPrototype: boolean): ShapeLayout {
    return new ShapeLayout(
      names.map((name, index) => ({ name, kind: kindOf(object[name]), index })),
      hasPrototype,
    );
  }

  /** The layout that holds what this one holds and `object` too; this one when that is enough. */
  widenedBy(object: Readonly<Record<string, unknown>>): ShapeLayout {
    const fields = this.fields.map((field) => ({ ...field, kind: widen(field.kind, object[field.name]) }));
    return fields.every((field, index) => field.kind === this.fields[index]?.kind)
      ? this
      : new ShapeLayout(fields, this.hasPrototype);
  }

  /** Equal for equal layouts. */
  get signature(): string {
    return JSON.stringify([this.hasPrototype, ...this.fields.map((field) => [field.name, field.kind])]);
  }
}

export function fixedBytesOf(kind: FieldKind): number {
  return FIXED_BYTES[kind] ?? 0;
}

export function isFieldKind(kind: number): kind is FieldKind {
  return kind >= KIND_INT && kind <= KIND_TAGGED;
}

export function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value && (value !== 0 || 1 / value > 0);
}

export function kindOf(value: unknown): FieldKind {
  switch (typeof value) {
    case 'number':
      return isInt32(value) ? KIND_INT : KIND_NUMBER;
    case 'boolean':
      return KIND_BOOLEAN;
    case 'string':
      return KIND_STRING;
    default:
      return KIND_TAGGED;
  }
}

/** True when a field of this kind can hold the value. */
export function holds(kind: FieldKind, value: unknown): boolean {
  return widen(kind, value) === kind;
}

function widen(kind: FieldKind, value: unknown): FieldKind {
  if (kind === KIND_TAGGED) return KIND_TAGGED;
  const needed = kindOf(value);
  if (needed === kind || (kind === KIND_NUMBER && needed === KIND_INT)) return kind;
  return kind === KIND_INT && needed === KIND_NUMBER ? KIND_NUMBER : KIND_TAGGED;
}
