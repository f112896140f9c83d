import { describe, expect, it } from 'vitest';
import { withContext } from '../base/errors.ts';
import type { MillraceError } from '../base/errors.ts';
import { explainFrozenValue } from './frozen-value-error.ts';

function failure(change: () => unknown): MillraceError {
  try {
    change();
  } catch (error) {
    return withContext(error, { operatorName: 'map' }, 'USER_FUNCTION_FAILED');
  }
  throw new Error('Nothing was thrown');
}

const frozen: { tags: string[]; n?: number } = Object.freeze({ tags: Object.freeze(['a', 'b']) as string[], n: 1 });

describe('explainFrozenValue', () => {
  it.each<[string, () => unknown]>([
    ['a field is assigned', () => (frozen.n = 2)],
    ['a field is added', () => Object.assign(frozen, { more: 1 })],
    ['a field is deleted', () => delete frozen.n],
    ['a field is defined', () => Object.defineProperty(frozen, 'more', { value: 1 })],
    ['a field is redefined', () => Object.defineProperty(frozen, 'n', { value: 3 })],
    ['an element is pushed', () => frozen.tags.push('c')],
    ['an element is popped', () => frozen.tags.pop()],
    ['a list is sorted', () => frozen.tags.sort()],
    ['a list is emptied', () => (frozen.tags.length = 0)],
  ])('says VALUE_MUTATED when %s', (_, change) => {
    const error = failure(change);
    const explained = explainFrozenValue(error);
    expect(explained).toMatchObject({ code: 'VALUE_MUTATED', context: { operatorName: 'map' }, cause: error.cause });
  });

  it('leaves every other error as it is', () => {
    for (const change of [
      () => {
        throw new TypeError('x is not a function');
      },
      () => {
        throw new RangeError('Cannot add property: no');
      },
    ]) {
      const error = failure(change);
      expect(explainFrozenValue(error)).toBe(error);
    }
  });
});
