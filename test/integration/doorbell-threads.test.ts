/**
 * Sleep and doorbell between real threads, without any channel: tokens go round from slot to slot. While a token is elsewhere a
 * slot has nothing to do, so almost every token finds it asleep or about to. A wake-up that is lost stops everything.
 */
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { DOORBELL_WORDS } from '../../src/exchange/doorbell.ts';
import type { TokenThreadData, TokenThreadResult } from './doorbell-threads.ts';

interface Ring {
  readonly title: string;
  readonly slots: number;
  readonly tokens: number;
  /** Tokens that each slot takes in all. */
  readonly take: number;
}

function runThread(data: TokenThreadData): Promise<TokenThreadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./doorbell-threads.ts', import.meta.url), { workerData: data });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`Slot ${data.slot} ended without a result`)));
  });
}

describe('slots on threads that sleep between their tokens', () => {
  test.each<Ring>([
    { title: 'one token between two slots', slots: 2, tokens: 1, take: 20_000 },
    { title: 'several tokens, so that some come while the slot falls asleep', slots: 2, tokens: 3, take: 20_000 },
    { title: 'more slots than cores', slots: 5, tokens: 2, take: 3000 },
  ])('lose no wake-up: $title', async ({ slots, tokens, take }) => {
    const words = (count: number): SharedArrayBuffer => new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT);
    const inboxes = words(slots);
    const doorbells = words(slots * DOORBELL_WORDS);
    new Int32Array(inboxes)[0] = tokens;
    const results = await Promise.all(
      Array.from({ length: slots }, (_, slot) => {
        // The first slot had its first tokens from nobody, so the last one keeps as many.
        const handOn = slot === slots - 1 ? take - tokens : take;
        return runThread({ slot, slots, inboxes, doorbells, take, handOn });
      }),
    );
    expect(results.map(({ taken }) => taken)).toEqual(results.map(() => take));
    for (const { sleeps } of results) expect(sleeps).toBeGreaterThan(0);
    expect([...new Int32Array(inboxes)]).toEqual(results.map(() => 0));
  });
});
