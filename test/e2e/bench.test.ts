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
