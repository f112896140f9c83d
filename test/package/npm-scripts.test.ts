// The npm scripts that start something long-lived: a signal to npm has to reach the job and leave no process behind, and
// Ctrl-C has to end it once. The test runs the repository's own script line over a stand-in for the example.

import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { on, once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'millrace-npm-'));

const standIn = `import { writeSync } from 'node:fs';
const stay = setInterval(() => {}, 1000);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    writeSync(1, 'got ' + signal + '\\n');
    clearInterval(stay);
    process.exitCode = 7;
  });
}
writeSync(1, 'up ' + JSON.stringify({ version: process.versions.node, args: process.argv.slice(2), execArgv: process.execArgv }) + '\\n');
`;

beforeAll(() => {
  for (const name of ['package.json', 'package-lock.json', 'scripts']) {
    cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  mkdirSync(join(directory, 'examples'));
  writeFileSync(join(directory, 'examples/run-flights.ts'), standIn);
});

afterAll(() => rmSync(directory, { recursive: true }));

interface Started {
  readonly npm: ChildProcessWithoutNullStreams;
  /** The first line that matches. */
  readonly line: (pattern: RegExp) => Promise<string>;
  /** Settles when no process holds npm's standard output any more, with npm's exit code. */
  readonly allGone: Promise<number | null>;
}

function startNpm(...args: string[]): Started {
  const npm = spawn('npm', args, { cwd: directory });
  // Two lines may come in one chunk, within one turn of the event loop: each is kept until somebody asks.
  const lines = on(createInterface({ input: npm.stdout }), 'line');
  const line = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const { value } = (await lines.next()) as IteratorYieldResult<[string]>; // without an end; readline passes the text of the line
      if (pattern.test(value[0])) return value[0];
    }
  };
  // 'close' comes only when the last holder of the pipes has ended, a left-over grandchild included.
  const allGone = once(npm, 'close').then(([code]: (number | null)[]) => code ?? null);
  return { npm, line, allGone };
}

test('npm start runs the pinned Node with the source condition and hands arguments on', async () => {
  const { npm, line, allGone } = startNpm('start', '--', '--rows-per-second', '5');
  const up = JSON.parse((await line(/^up /)).slice(3)) as { version: string; args: string[]; execArgv: string[] }; // standIn writes it
  npm.kill('SIGTERM');
  await allGone;
  expect(Number(up.version.split('.')[0])).toBeGreaterThanOrEqual(24);
  expect(up.args).toEqual(['--rows-per-second', '5']);
  expect(up.execArgv).toEqual(['--conditions=source']);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s to npm reaches the job, leaves no process, and its exit code comes through',
  async (signal) => {
    const { npm, line, allGone } = startNpm('start');
    await line(/^up /);
    const got = line(/^got /);
    npm.kill(signal);
    expect(await got).toBe(`got ${signal}`);
    expect(await allGone).toBe(7);
  },
);
