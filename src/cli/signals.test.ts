import { describe, expect, it } from 'vitest';
import { SAME_SIGNAL_MS, SignalPolicy } from './signals.ts';

describe('SignalPolicy', () => {
  it('suspends at the first signal and ends at a later one', () => {
    const policy = new SignalPolicy();
    expect(policy.answer(1000)).toBe('suspend');
    expect(policy.answer(1001 + SAME_SIGNAL_MS)).toBe('end');
  });

  it('takes signals shortly after the first for the same one', () => {
    const policy = new SignalPolicy();
    expect([0, 1, SAME_SIGNAL_MS].map((atMs) => policy.answer(atMs))).toEqual(['suspend', 'ignore', 'ignore']);
    expect(policy.answer(SAME_SIGNAL_MS + 1)).toBe('end');
  });
});
