/**
 * The main job over the three million flights, on all cores with checkpoints each second, against a plain loop over the same
 * file that uses nothing of the engine: same lines, byte for byte after sorting.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/index.ts';
import { FLIGHTS_FILE, JOB_FILE } from '../../examples/flights-input.ts';
import { sortedOutput } from '../../examples/sorted-output.ts';

const ROWS = 3_000_000;
const ORIGINS = 229;

interface Row {
  readonly date: Date;
  readonly delay: number;
  readonly origin: string;
}

async function plainLoop(): Promise<string> {
  const file = await asyncBufferFromFile(FLIGHTS_FILE);
  const rows = (await parquetReadObjects({
    file,
    columns: ['date', 'delay', 'origin'],
    compressors: { ZSTD: (input) => zstdDecompressSync(input) },
  })) as unknown as readonly Row[];
  const days = new Map<string, { flights: number; delayed: number; minutes: number }>();
  for (const { date, delay, origin } of rows) {
    const key = `${origin} ${date.toISOString().slice(0, 10)}`;
    const day = days.get(key) ?? { flights: 0, delayed: 0, minutes: 0 };
    days.set(key, {
      flights: day.flights + 1,
      delayed: day.delayed + (Number(delay) > 0 ? 1 : 0),
      minutes: day.minutes + Number(delay),
    });
  }
  expect(rows.length).toBe(ROWS);
  const lines = [...days].map(([key, { flights, delayed, minutes }]) => {
    const [origin, day] = key.split(' ');
    return JSON.stringify({ origin, day, flights, delayed, meanDelay: Math.round((minutes / flights) * 100) / 100 });
  });
  return lines.sort().join('\n');
}

describe('delays by airport and day over three million flights', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-flights-'));
  let expected: string;

  beforeAll(async () => {
    expected = await plainLoop();
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([1, 2])('equals a plain loop at parallelism %i', { timeout: 60_000 }, async (parallelism) => {
    const output = join(folder, `output-${parallelism}`);
    const handle = await run(JOB_FILE, {
      parallelism,
      parameters: { input: FLIGHTS_FILE, output },
      configuration: { 'execution.checkpointing.dir': join(folder, `checkpoints-${parallelism}`) },
    });
    const result = await handle.result;
    expect(result).toMatchObject({ outcome: 'FINISHED', recordsIn: ROWS, lateRecordsDropped: 0 });
    const actual = sortedOutput(output);
    expect(actual === expected).toBe(true);
    expect(new Set(actual.split('\n').map((line) => JSON.parse(line).origin)).size).toBe(ORIGINS);
  });
});
