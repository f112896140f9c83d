import { describe, expect, test } from 'vitest';
import { Doorbell, DOORBELL_WORDS } from './doorbell.ts';

function doorbells(): { words: Int32Array; sleeper: Doorbell; ringer: Doorbell } {
  const words = new Int32Array(new SharedArrayBuffer(DOORBELL_WORDS * 4));
  return { words, sleeper: new Doorbell(words), ringer: new Doorbell(words) };
}

describe('Doorbell', () => {
  test('wakes a sleeper that waits', async () => {
    const { sleeper, ringer } = doorbells();
    const wait = sleeper.waitAsync(sleeper.prepareSleep());
    expect(wait).toBeInstanceOf(Promise);
    ringer.ring();
    await wait;
  });

  test('does not let a sleeper wait when it rang after the sleeper got ready', () => {
    const { sleeper, ringer } = doorbells();
    const seen = sleeper.prepareSleep();
    ringer.ring();
    expect(sleeper.waitAsync(seen)).toBeUndefined();
  });

  test('does nothing while the sleeper is awake', () => {
    const { words, sleeper, ringer } = doorbells();
    ringer.ring();
    sleeper.prepareSleep();
    sleeper.endSleep();
    ringer.ring();
    expect([...words]).toEqual([0, 0]);
  });

  test('serves many sleeps with one wait, and settles only the sleep of the moment', async () => {
    const { words, sleeper, ringer } = doorbells();
    const settled: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      void sleeper.waitAsync(sleeper.prepareSleep())?.then(() => settled.push(name));
      sleeper.endSleep();
    }
    const last = sleeper.waitAsync(sleeper.prepareSleep());
    // How many waits there are is how many a notification finds.
    expect(Atomics.notify(words, 0)).toBe(1);
    await last;
    expect(settled).toEqual([]);
    sleeper.endSleep();
    const next = sleeper.waitAsync(sleeper.prepareSleep());
    ringer.ring();
    await next;
  });
});
