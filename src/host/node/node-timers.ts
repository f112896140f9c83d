import type { Timers } from '../../base/environment.ts';

/** The longest delay that `setTimeout` knows: it takes a longer one for none. */
const DELAY_MS_MAX = 2_147_483_647;

/** Longer delays are waited for in several pieces. */
export const nodeTimers: Timers = {
  after: (delayMs, action) => {
    let timer: ReturnType<typeof setTimeout>;
    const arm = (leftMs: number): void => {
      if (leftMs <= DELAY_MS_MAX) timer = setTimeout(action, leftMs);
      else timer = setTimeout(() => arm(leftMs - DELAY_MS_MAX), DELAY_MS_MAX);
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
