import { describe, expect, it } from 'vitest';
import { verificationTable } from './verification-table.ts';
import type { Verification } from './verification-table.ts';

const right = { rows: 1234, check: 42 };
const wrong = { rows: 1233, check: 41 };

function verification(changes: Partial<Verification>): Verification {
  const request = { query: 'q2', events: 100_000, parallelism: 2, isVerified: true };
  return { request, expected: right, flink: right, millrace: right, ...changes };
}

function lastRow(changes: Partial<Verification>): string | undefined {
  return verificationTable([verification(changes)])
    .text.split('\n')
    .at(-1);
}

describe('the table of results', () => {
  it('shows what both engines were to give', () => {
    expect(lastRow({})).toBe('| q2 | 100,000 | 2 | 1,234 | 42 | right | right |');
    expect(lastRow({ millrace: undefined })).toBe('| q2 | 100,000 | 2 | 1,234 | 42 | right |  |');
  });

  it('shows what an engine gave instead', () => {
    expect(lastRow({ flink: wrong })).toContain('| WRONG: 1,233 rows, 41 | right |');
    expect(lastRow({ millrace: wrong })).toContain('| right | WRONG: 1,233 rows, 41 |');
  });

  it('compares Millrace with Flink where nothing is known', () => {
    expect(lastRow({ expected: undefined })).toContain('| not known | not known |');
    expect(lastRow({ expected: undefined, millrace: wrong })).toContain('| not known | WRONG: 1,233 rows, 41 |');
  });

  it.each([
    ['nothing', {}, false],
    ['one check value of Flink', { flink: { ...right, check: 41 } }, true],
    ['one number of rows of Millrace', { millrace: { ...right, rows: 1 } }, true],
    ['the one of two engines that nobody knows', { expected: undefined, millrace: wrong }, true],
    ['an engine that was not asked', { millrace: undefined }, false],
  ])('%s is wrong', (_, changes, isWrong) => {
    expect(verificationTable([verification({}), verification(changes)]).isWrong).toBe(isWrong);
  });
});
