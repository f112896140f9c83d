// `npm run check`: everything that must hold before a change is taken. `npm run check:fast` leaves out what takes long.
// The static steps run two at a time, the tests after them on their own, because they use all cores themselves.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

interface Step {
  readonly name: string;
  /** Path of the tool under node_modules, or of a script, then its arguments. */
  readonly command: readonly string[];
  readonly isFast: boolean;
}

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

const root = join(import.meta.dirname, '..');
const tsc = 'node_modules/typescript/bin/tsc';
const vitest = 'node_modules/vitest/vitest.mjs';

const staticSteps: readonly Step[] = [
  { name: 'types', command: [tsc, '-p', 'tsconfig.json'], isFast: true },
  { name: 'pure types', command: [tsc, '-p', 'tsconfig.pure.json'], isFast: true },
  {
    name: 'layers',
    command: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.mjs',
      'src',
    ],
    isFast: true,
  },
  { name: 'lint', command: ['node_modules/oxlint/bin/oxlint'], isFast: true },
  { name: 'format', command: ['node_modules/oxfmt/bin/oxfmt', '--check'], isFast: true },
  { name: 'unused', command: ['node_modules/knip/bin/knip.js'], isFast: false },
  { name: 'build', command: ['scripts/build.ts'], isFast: false },
];
const allTests: Step = { name: 'tests', command: [vitest, 'run'], isFast: false };
const fastTests: Step = { name: 'fast tests', command: [vitest, 'run', '--project', 'fast'], isFast: true };

const running = new Set<ChildProcess>();
const outcomes: Outcome[] = [];

function run(step: Step): Promise<void> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...step.command], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      const seconds = (performance.now() - startedAt) / 1000;
      outcomes.push({ name: step.name, passed: code === 0, seconds });
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${step.name} (${seconds.toFixed(1)} s)`);
      if (code !== 0) console.log(Buffer.concat(output).toString());
      resolve();
    });
  });
}

/** Runs the steps in order, at most `limit` at a time. */
async function runAll(steps: readonly Step[], limit: number): Promise<void> {
  const waiting = [...steps];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await run(step);
  };
  await Promise.all(Array.from({ length: limit }, lane));
}

function printSummary(seconds: number): void {
  const width = Math.max(...outcomes.map((outcome) => outcome.name.length));
  console.log('\nstep'.padEnd(width + 3) + 'seconds  result');
  for (const { name, passed, seconds: taken } of outcomes) {
    console.log(`${name.padEnd(width + 2)}${taken.toFixed(1).padStart(7)}  ${passed ? 'ok' : 'FAILED'}`);
  }
  const failed = outcomes.filter((outcome) => !outcome.passed).length;
  console.log(`\n${outcomes.length - failed} passed, ${failed} failed in ${seconds.toFixed(0)} s`);
}

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(exitCode);
  });
}

const { values } = parseArgs({ options: { fast: { type: 'boolean', default: false } } });
const startedAt = performance.now();
await runAll(
  staticSteps.filter((step) => step.isFast || !values.fast),
  Math.min(2, availableParallelism()),
);
await run(values.fast ? fastTests : allTests);
printSummary((performance.now() - startedAt) / 1000);
process.exitCode = outcomes.every((outcome) => outcome.passed) ? 0 : 1;
