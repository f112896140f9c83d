// The benchmark as a command: its result is right, and what it prints can be read by machines.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

function bench(...args: readonly string[]): {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
} {
  const command = ['--conditions=source', join(root, 'bench/run.ts'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

describe('bench nexmark --query keyed', () => {
  test.each([['threads'], ['inline']])('gives the result of other engines with host %s', (host) => {
    const flags = `nexmark --query keyed --events 100000 --warm-up 0 --parallelism 2 --host ${host} --verify --json`;
    const { status, out } = bench(...flags.split(' '));
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      query: 'keyed',
      events: 100_000,
      rows: 95_226,
      check: 2_332_465_275,
      eventsPerSecond: expect.any(Number) as number,
      cpuSeconds: expect.any(Number) as number,
      checkpoints: { count: expect.any(Number) as number, medianMs: expect.any(Number) as number },
      peakRssBytes: expect.any(Number) as number,
    });
  });

  test('tells how it is used', () => {
    const { status, err } = bench('nexmark', '--query', 'nothing');
    expect(status).toBe(2);
    expect(err).toContain("There is no query 'nothing'");
    expect(err).toContain('Usage: npm run bench -- nexmark --query <name>');
  });
});

describe('benches over an open loop', () => {
  const flags = '--rate 2000 --keys 500 --warm-up 0 --measured 1 --parallelism 2 --json';
  const figures = {
    latencyMs: { results: 2000, max: expect.any(Number) as number },
    checkpoints: { count: expect.any(Number) as number },
  };

  test('latency has a result for each event', () => {
    const { status, out } = bench('latency', ...flags.split(' '));
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ bench: 'latency', rate: 2000, keys: 500, ...figures });
  });

  test('checkpoint has a line for each mode, with the checkpoints of it', () => {
    const { status, out } = bench('checkpoint', ...flags.split(' '), '--checkpoint-interval', '100');
    expect(status).toBe(0);
    const lines = out.trimEnd().split('\n');
    const modes = lines.map((line) => JSON.parse(line) as { readonly mode: string });
    expect(modes).toMatchObject([
      { mode: 'full', ...figures },
      { mode: 'incremental', ...figures },
    ]);
  });

  test('there is no unknown bench', () => {
    const { status, err } = bench('nothing');
    expect(status).toBe(2);
    expect(err).toContain('or: npm run bench -- latency');
  });
});
