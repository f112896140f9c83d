/** Waits for what no event tells: looks again after each turn of the event loop. A test that waits in vain ends by its timeout. */
import { setTimeout as delay } from 'node:timers/promises';

export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(1);
}
