import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../base/error-catalogue.ts';
import { MillraceError } from '../base/errors.ts';
import { EXIT_CODES, exitCodeOfError, exitCodeOfOutcome, exitCodeOfSignal, STOP_SIGNALS } from './exit-codes.ts';

describe('exit codes', () => {
  it('of signals are those of a shell', () => {
    expect(STOP_SIGNALS.map(exitCodeOfSignal)).toEqual([130, 143, 129]);
  });

  it('of errors stand in the catalogue; whatever is not explained is a bug', () => {
    expect(exitCodeOfError(new MillraceError('JOB_ALREADY_RUNNING', ''))).toBe(5);
    expect(exitCodeOfError(new TypeError(''))).toBe(70);
  });

  it('of a suspended job name the signal, if there was one', () => {
    expect(exitCodeOfOutcome('SUSPENDED', 'SIGTERM')).toBe(143);
    expect(exitCodeOfOutcome('SUSPENDED', undefined)).toBe(0);
    expect(exitCodeOfOutcome('FINISHED', 'SIGTERM')).toBe(0);
  });

  it('are all documented', () => {
    const documented = new Set(EXIT_CODES.flatMap(({ code }) => code.split(', ')));
    const used = [
      ...Object.values(ERROR_CATALOGUE).map(({ exitCode }) => exitCode),
      0,
      ...STOP_SIGNALS.map(exitCodeOfSignal),
    ];
    expect(used.filter((code) => !documented.has(String(code)))).toEqual([]);
  });
});
