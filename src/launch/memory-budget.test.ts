import { totalmem } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { slotMemoryBytes } from './memory-budget.ts';

const GIB = 1024 ** 3;

/** What Node says of the machine; 0 as limit: there is none. */
function machine({ limitBytes, availableBytes }: { limitBytes: number; availableBytes: number }): void {
  vi.spyOn(process, 'constrainedMemory').mockReturnValue(limitBytes);
  vi.spyOn(process, 'availableMemory').mockReturnValue(availableBytes);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('slotMemoryBytes', () => {
  it('shares what the process may have evenly, whatever the machine has', () => {
    machine({ limitBytes: 1, availableBytes: 1 });
    expect(slotMemoryBytes(4 * GIB, 1)).toBe(4 * GIB);
    expect(slotMemoryBytes(4 * GIB, 4)).toBe(GIB);
    expect(slotMemoryBytes(1000, 3)).toBe(333);
  });

  it('takes three quarters of what is available when nothing is set', () => {
    machine({ limitBytes: 0, availableBytes: Number.MAX_SAFE_INTEGER });
    // No more is available than there is.
    expect(slotMemoryBytes(undefined, 2)).toBe(Math.floor((totalmem() * 0.75) / 2));
  });

  it('keeps to the limit of a container', () => {
    const limitBytes = Math.floor(totalmem() / 8);
    machine({ limitBytes, availableBytes: Number.MAX_SAFE_INTEGER });
    expect(slotMemoryBytes(undefined, 1)).toBe(Math.floor(limitBytes * 0.75));
  });

  it('takes a limit above the memory of the machine for none', () => {
    machine({ limitBytes: 2 ** 63, availableBytes: Number.MAX_SAFE_INTEGER });
    expect(slotMemoryBytes(undefined, 1)).toBe(Math.floor(totalmem() * 0.75));
  });
});
