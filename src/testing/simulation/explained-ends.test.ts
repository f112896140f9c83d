import { describe, expect, it } from 'vitest';
import { MillraceError } from '../../base/errors.ts';
import type { ErrorCode } from '../../base/error-catalogue.ts';
import { isExplained } from './explained-ends.ts';
import type { Circumstances } from './explained-ends.ts';

const CALM: Circumstances = { isOwner: true, hadRivals: false, wasStopped: false, wasDiskTroubled: false };

const error = (code: ErrorCode, message = 'x'): MillraceError => new MillraceError(code, message);

describe('isExplained', () => {
  it.each<[ErrorCode, Partial<Circumstances>]>([
    ['JOB_FENCED', { isOwner: false }],
    ['JOB_ALREADY_RUNNING', { hadRivals: true }],
    ['CHECKPOINT_FAILURES_EXCEEDED', { wasStopped: true }],
    ['CHECKPOINT_FAILURES_EXCEEDED', { wasDiskTroubled: true }],
    ['CHECKPOINT_STORAGE_FAILED', { wasDiskTroubled: true }],
    ['OUTPUT_FAILED', { wasDiskTroubled: true }],
    ['INPUT_UNREADABLE', { wasDiskTroubled: true }],
  ])('%s only by what leads to it', (code, circumstances) => {
    expect(isExplained(error(code), { ...CALM, ...circumstances })).toBe(true);
    expect(isExplained(error(code), CALM)).toBe(false);
  });

  it.each<ErrorCode>([
    'INVARIANT_VIOLATED',
    'CHECKPOINT_CORRUPT',
    'STATE_INCOMPATIBLE',
    'INPUT_CHANGED',
    'VALUE_MUTATED',
  ])('%s never, as long as the job is this process’s', (code) => {
    expect(isExplained(error(code), { isOwner: true, hadRivals: true, wasStopped: true, wasDiskTroubled: true })).toBe(
      false,
    );
  });

  it('a file that a checkpoint needs is not explained by a bad disk', () => {
    const gone = new MillraceError('OUTPUT_FAILED', 'gone', { recovery: 'fail-job' });
    expect(isExplained(gone, { ...CALM, wasDiskTroubled: true })).toBe(false);
  });

  it('user functions fail when they are made to, and not else', () => {
    expect(isExplained(error('USER_FUNCTION_FAILED', 'Simulated failure of a subtask'), CALM)).toBe(true);
    expect(isExplained(error('USER_FUNCTION_FAILED', 'x is undefined'), CALM)).toBe(false);
    expect(isExplained(new Error('x'), CALM)).toBe(false);
  });
});
