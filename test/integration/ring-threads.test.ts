import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { ringBytes } from '../../src/exchange/ring-channel.ts';
import type { RingThreadData, RingThreadResult } from './ring-threads.ts';

function runThread(data: RingThreadData): Promise<RingThreadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./ring-threads.ts', import.meta.url), { workerData: data });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`The ${data.role} ended without a result`)));
  });
}

describe('a ring between two threads', () => {
  test.each([
    { title: 'large pages', recordCount: 1_000_000, pageCount: 8, pageBytes: 32 * 1024, stepRecords: 2000 },
    { title: 'always full', recordCount: 200_000, pageCount: 2, pageBytes: 256, stepRecords: 500 },
    { title: 'a flush after each record', recordCount: 20_000, pageCount: 2, pageBytes: 1024, stepRecords: 1 },
  ])('passes every record in order and loses no wake-up: $title', async (options) => {
    const { recordCount, pageCount, pageBytes, stepRecords } = options;
    const ring = new SharedArrayBuffer(ringBytes({ pageCount, pageBytes }));
    const shared = { ring, doorbells: new SharedArrayBuffer(16), recordCount, pageBytes, stepRecords };
    const producer = runThread({ ...shared, role: 'producer' });
    const consumer = runThread({ ...shared, role: 'consumer' });
    const results = await Promise.all([producer, consumer]);
    expect(results.map((result) => [result.recordCount, result.firstWrong])).toEqual([
      [recordCount, undefined],
      [recordCount, undefined],
    ]);
  });
});
