/** Too much for a sink: everything before it waits in bounded memory, and nothing is lost. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { JobHandle } from '../../../src/index.ts';
import { HOSTS, runJob, startJob } from '../../support/run-job.ts';
import { slowSinkTotals } from '../../support/slow-sink.ts';

const HELD = 100;
/** Timers and windows that fire in one step. */
const FIRINGS = 128;

beforeEach(() => {
  slowSinkTotals.written = 0;
  slowSinkTotals.heldMax = 0;
});

function metricsOf(handle: JobHandle): { readonly read: number; readonly written: number } {
  const { vertices } = handle.status();
  return {
    read: vertices.find(({ name }) => name.startsWith('Source'))?.metrics.numRecordsIn ?? 0,
    written: vertices.reduce((sum, { metrics }) => sum + metrics.numRecordsSend, 0),
  };
}

describe.each(HOSTS)('on %s', (host) => {
  it('a source reads no further than what the channels hold is ahead of a slow sink', async () => {
    const records = 30_000;
    const parameters = { case: 'a fast source', records: String(records), 'per-tick': '100' };
    const { handle } = await startJob('pressure', { host, parameters });
    let aheadMax = 0;
    let isOver = false;
    void handle.result.finally(() => (isOver = true));
    while (!isOver) {
      const { read, written } = metricsOf(handle);
      aheadMax = Math.max(aheadMax, read - written);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const result = await handle.result;
    expect(result).toMatchObject({ outcome: 'FINISHED', recordsIn: records, recordsOut: records });
    expect(aheadMax).toBeGreaterThan(HELD);
    // 4 channels with 1024 records or 16 pages of 32 KiB, what is under way in steps, and two sinks.
    expect(aheadMax).toBeLessThan(4 * 1024 + 2 * 1024 + 2 * HELD);
    const [source] = handle.status().vertices;
    expect(source?.metrics.accumulateBackPressuredTimeMs).toBeGreaterThan(source?.metrics.accumulateBusyTimeMs ?? 0);
  });

  it('a call that emits 100,000 records has an overflow of just these', async () => {
    const calls = 3;
    const parameters = {
      case: 'one call that emits much',
      records: String(calls),
      bytes: '1',
      'per-tick': '20000',
      held: '20000',
    };
    const { handle, result } = await runJob('pressure', { host, parameters });
    expect(result.recordsOut).toBe(calls * 100_000);
    const [source] = handle.status().vertices;
    expect(source?.metrics.overflowRecordsMax).toBeGreaterThan(40_000);
    expect(source?.metrics.overflowRecordsMax).toBeLessThanOrEqual(2 * 100_000);
    expect(source?.metrics.overflowRecords).toBe(0);
  });
});

describe('a burst', () => {
  it.each(['many windows', 'many timers', 'many processing-time timers'])(
    'of %s waits for a sink that is full',
    async (name) => {
      const records = 3000;
      const parameters = { case: name, records: String(records), bytes: '10', 'per-tick': '50', held: String(HELD) };
      const { result } = await runJob('pressure', { host: 'inline', parameters });
      expect(result.recordsOut).toBe(records);
      expect(slowSinkTotals.written).toBe(records);
      expect(slowSinkTotals.heldMax).toBeLessThanOrEqual(HELD + FIRINGS);
    },
  );
});
