import { describe, expect, test } from 'vitest';
import { FieldPath } from './field-path.ts';

describe('a field path', () => {
  test.each([
    ['v', { v: 1, w: 2 }, 1, { v: 9, w: 2 }],
    ['in.v', { in: { v: 1 }, v: 3 }, 1, { in: { v: 9 }, v: 3 }],
    [1, ['a', 5], 5, ['a', 9]],
    ['1.0', ['a', [5, 'x']], 5, ['a', [9, 'x']]],
    ['rows.1.v', { rows: [{ v: 1 }, { v: 2 }] }, 2, { rows: [{ v: 1 }, { v: 9 }] }],
  ])('%s reads and sets', (field, record, value, changed) => {
    const path = new FieldPath(field);
    expect(path.get(record)).toBe(value);
    path.set(record, 9);
    expect(record).toEqual(changed);
  });

  test.each([
    ['in.v', { in: null }, 'null has no fields'],
    ['in.v', {}, 'undefined has no fields'],
    ['v', 5, 'a number has no fields'],
  ])('%s of %j says what is not there', (field, record, reason) => {
    expect(() => new FieldPath(field).get(record)).toThrow(`Reading field '${field}' of a record failed: ${reason}`);
  });

  test.each(['', '.v', 'in..v', 'v.'])("'%s' is none", (field) => {
    expect(() => new FieldPath(field)).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
  });
});
