/**
 * Names of the fields of T whose values are of V: 'delay', 'route.distance' for a field of a nested object, 0 for an element of a
 * tuple. Three levels deep.
 */
export type FieldOf<T, V, Depth extends readonly unknown[] = [1, 1]> = T extends readonly unknown[]
  ? { [P in keyof T]: P extends `${infer Index extends number}` ? (T[P] extends V ? Index : never) : never }[number]
  : {
      [P in keyof T & string]-?: T[P] extends V ? P : NestedField<P, T[P], V, Depth>;
    }[keyof T & string];

type NestedField<P extends string, Nested, V, Depth extends readonly unknown[]> = Depth extends readonly [
  unknown,
  ...infer Rest,
]
  ? Nested extends Date | readonly unknown[]
    ? never
    : Nested extends object
      ? `${P}.${FieldOf<Nested, V, Rest> & string}`
      : never
  : never;

/** Fields that sum() can add. */
export type NumericField<T> = FieldOf<T, number> | FieldOf<T, bigint>;

/** Fields with an order: what min() and max() compare. */
export type ComparableField<T> = NumericField<T> | FieldOf<T, string> | FieldOf<T, boolean> | FieldOf<T, Date>;
