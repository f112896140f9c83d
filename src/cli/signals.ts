/**
 * The first SIGINT, SIGTERM or SIGHUP suspends the job, a second one ends the process at once.
 *
 *   nothing yet      ── signal ─────────────────────▶ suspending   (answer: suspend)
 *   suspending       ── signal within 500 ms ───────▶ suspending   (answer: ignore)
 *   suspending       ── signal later ───────────────▶ ending       (answer: end)
 *
 * npm delivers one Ctrl-C twice, once itself and once through the terminal's process group: hence the 500 ms.
 */
import { STOP_SIGNALS } from './exit-codes.ts';
import type { StopSignal } from './exit-codes.ts';

export const SAME_SIGNAL_MS = 500;

export type SignalAnswer = 'suspend' | 'ignore' | 'end';

export class SignalPolicy {
  #firstAtMs: number | undefined;

  /** @param nowMs of a clock that never goes back */
  answer(nowMs: number): SignalAnswer {
    if (this.#firstAtMs === undefined) {
      this.#firstAtMs = nowMs;
      return 'suspend';
    }
    return nowMs - this.#firstAtMs <= SAME_SIGNAL_MS ? 'ignore' : 'end';
  }
}

export interface SignalListeners {
  onSuspend(signal: StopSignal): void;
  onEnd(signal: StopSignal): void;
}

/** Listens to the process's signals until it is stopped. */
export function watchSignals(listeners: SignalListeners): { stop(): void } {
  const policy = new SignalPolicy();
  const onSignal = (signal: StopSignal): void => {
    switch (policy.answer(performance.now())) {
      case 'suspend':
        listeners.onSuspend(signal);
        return;
      case 'end':
        listeners.onEnd(signal);
        return;
      case 'ignore':
    }
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return {
    stop: () => {
      for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
    },
  };
}
