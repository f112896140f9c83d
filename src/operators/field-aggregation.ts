import { MillraceError } from '../base/errors.ts';
import { compareFields } from './compare-fields.ts';
import { FieldPath } from './field-path.ts';
import type { FieldSelector } from './field-path.ts';

export interface FieldAggregation {
  /**
   * sum, min, max: the field alone is aggregated, the other fields stay those of the first record.
   * minBy, maxBy: the whole record with the extreme value.
   */
  readonly kind: 'sum' | 'min' | 'max' | 'minBy' | 'maxBy';
  readonly field: FieldSelector;
  /** Of minBy and maxBy: whether the first or the last of equal records counts. Default true. */
  readonly first?: boolean;
}

/** The aggregation as a reduce function, for keyed streams and windows. It changes the accumulated record in place. */
export function fieldAggregation<T>(aggregation: FieldAggregation): (accumulated: T, value: T) => T {
  const path = new FieldPath(aggregation.field);
  const { kind, first = true } = aggregation;
  if (kind === 'sum') {
    return (accumulated, value) => {
      path.set(accumulated, addFields(path.get(accumulated), path.get(value), path));
      return accumulated;
    };
  }
  const sign = kind === 'min' || kind === 'minBy' ? 1 : -1;
  if (kind === 'minBy' || kind === 'maxBy') {
    return (accumulated, value) => {
      const order = sign * compareFields(path.get(accumulated), path.get(value), path.text);
      return order < 0 || (order === 0 && first) ? accumulated : value;
    };
  }
  return (accumulated, value) => {
    const candidate = path.get(value);
    if (sign * compareFields(path.get(accumulated), candidate, path.text) > 0) path.set(accumulated, candidate);
    return accumulated;
  };
}

/** numbers are doubles and bigints have no end: nothing wraps around as Java's int and long do. */
function addFields(a: unknown, b: unknown, path: FieldPath): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a + b;
  throw new MillraceError(
    'USER_FUNCTION_FAILED',
    `Adding field '${path.text}' failed: a ${typeof a} and a ${typeof b} are not two numbers or two bigints`,
    { recovery: 'fail-job' },
  );
}
