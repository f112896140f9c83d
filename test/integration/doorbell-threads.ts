/** A thread of doorbell-threads.test.ts: hands tokens on as they come, and sleeps as a slot does while there are none. */
import { parentPort, workerData } from 'node:worker_threads';
import { must } from '../../src/base/assert.ts';
import { Doorbell, DOORBELL_WORDS } from '../../src/exchange/doorbell.ts';
import { RoundLoop } from '../../src/host/round-loop.ts';
import type { Bell } from '../../src/host/round-loop.ts';

export interface TokenThreadData {
  readonly slot: number;
  readonly slots: number;
  /** One word for each slot: tokens that wait for it. */
  readonly inboxes: SharedArrayBuffer;
  /** DOORBELL_WORDS words for each slot. */
  readonly doorbells: SharedArrayBuffer;
  /** Tokens that this thread takes in all. */
  readonly take: number;
  /** Of these, the first so many are handed on to the next slot. */
  readonly handOn: number;
}

export interface TokenThreadResult {
  readonly taken: number;
  /** How often it waited for its bell. */
  readonly sleeps: number;
}

const data = workerData as TokenThreadData;
const inboxes = new Int32Array(data.inboxes);
const next = (data.slot + 1) % data.slots;
const nextBell = doorbellOf(next);
let taken = 0;
let sleeps = 0;

const loop = new RoundLoop({
  bell: countingSleeps(doorbellOf(data.slot)),
  nowMs: () => 0,
  round,
  onError: (error) => {
    throw error;
  },
});
loop.start();

function round(): { didWork: boolean; nextWakeUpMs: number } {
  const found = Atomics.exchange(inboxes, data.slot, 0);
  for (let token = 0; token < found; token++) {
    taken++;
    if (taken > data.handOn) continue;
    Atomics.add(inboxes, next, 1);
    nextBell.ring();
  }
  if (taken >= data.take) {
    loop.stop();
    must(parentPort, 'main thread').postMessage({ taken, sleeps } satisfies TokenThreadResult);
  }
  // Nothing but the bell ends a sleep.
  return { didWork: found > 0, nextWakeUpMs: Number.POSITIVE_INFINITY };
}

function doorbellOf(slot: number): Doorbell {
  const bytes = DOORBELL_WORDS * Int32Array.BYTES_PER_ELEMENT;
  return new Doorbell(new Int32Array(data.doorbells, slot * bytes, DOORBELL_WORDS));
}

function countingSleeps(bell: Doorbell): Bell {
  return {
    prepareSleep: () => bell.prepareSleep(),
    waitAsync: (seen) => {
      const ringing = bell.waitAsync(seen);
      if (ringing !== undefined) sleeps++;
      return ringing;
    },
    endSleep: () => bell.endSleep(),
  };
}
