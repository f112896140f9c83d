import { describe, expect, it } from 'vitest';
import { RoundLoop } from './round-loop.ts';
import type { Bell } from './round-loop.ts';

const nowMs = (): number => Date.now();

/** Resolves when `condition` holds after some round. */
function untilRound(): { round: () => void; when: (condition: () => boolean) => Promise<void> } {
  let waiting: { condition: () => boolean; resolve: () => void } | undefined;
  return {
    round: () => {
      if (waiting?.condition() === true) waiting.resolve();
    },
    when: (condition) =>
      new Promise((resolve) => {
        waiting = { condition, resolve };
        if (condition()) resolve();
      }),
  };
}

describe('RoundLoop', () => {
  it('goes on while rounds do work, then sleeps until it is woken', async () => {
    let work = 5;
    let rounds = 0;
    const rounded = untilRound();
    const loop = new RoundLoop({
      bell: undefined,
      nowMs,
      onError: () => {},
      round: () => {
        rounds++;
        rounded.round();
        return { didWork: work-- > 0, nextWakeUpMs: Number.POSITIVE_INFINITY };
      },
    });
    loop.start();
    await rounded.when(() => work < 0);
    await new Promise((resolve) => setImmediate(resolve));
    const asleepAfter = rounds;
    await new Promise((resolve) => setImmediate(resolve));
    expect(rounds).toBe(asleepAfter);
    loop.wakeUp();
    await rounded.when(() => rounds > asleepAfter);
    loop.stop();
  });

  it('wakes for the next timer', async () => {
    const dueMs = Date.now() + 5;
    const rounded = untilRound();
    let fired = false;
    const loop = new RoundLoop({
      bell: undefined,
      nowMs,
      onError: () => {},
      round: () => {
        fired = Date.now() >= dueMs;
        rounded.round();
        return { didWork: false, nextWakeUpMs: fired ? Number.POSITIVE_INFINITY : dueMs };
      },
    });
    loop.start();
    await rounded.when(() => fired);
    loop.stop();
  });

  it('looks again after the sleeping flag is set, and does not sleep when the bell has rung', async () => {
    const calls: string[] = [];
    let rings = 1;
    const bell: Bell = {
      prepareSleep: () => {
        calls.push('prepare');
        return 0;
      },
      waitAsync: () => {
        calls.push('wait');
        return rings-- > 0 ? undefined : new Promise(() => {});
      },
      endSleep: () => calls.push('end'),
    };
    const rounded = untilRound();
    const loop = new RoundLoop({
      bell,
      nowMs,
      onError: () => {},
      round: () => {
        calls.push('round');
        rounded.round();
        return { didWork: false, nextWakeUpMs: Number.POSITIVE_INFINITY };
      },
    });
    loop.start();
    await rounded.when(() => calls.filter((call) => call === 'round').length === 4);
    expect(calls.slice(0, 5)).toEqual(['round', 'prepare', 'round', 'wait', 'end']);
    loop.stop();
  });

  it('stops and reports when a round throws', async () => {
    const error = await new Promise((resolve) => {
      new RoundLoop({
        bell: undefined,
        nowMs,
        onError: resolve,
        round: () => {
          throw new Error('broken');
        },
      }).start();
    });
    expect(error).toEqual(new Error('broken'));
  });
});
