/**
 * Runs the flights job slowed down, kills its process with SIGKILL at random moments, starts it again, and compares what it
 * committed with the output of a run that nobody disturbed: byte for byte, after sorting.
 *
 *     npm run demo:crash                  at least five kills
 *     npm run demo:crash -- --kills 12    more of them
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { FLIGHTS_FILE, JOB_FILE, requireFlights, workDirectory } from './flights-input.ts';
import { sortedOutput } from './sorted-output.ts';

const MILLRACE = fileURLToPath(new URL('../bin/millrace.mjs', import.meta.url));
const ROWS = 3_000_000;
/** Slow enough that the job takes at least 20 s. */
const ROWS_PER_SECOND = 140_000;
const EXPECTED_SECONDS = ROWS / ROWS_PER_SECOND;
const KILLS_MIN = 5;

const { values } = parseArgs({ options: { kills: { type: 'string', default: String(KILLS_MIN) } } });
const kills = Math.max(KILLS_MIN, Number(values.kills) || KILLS_MIN);
const folder = workDirectory('demo-crash');
const undisturbed = `${folder}/undisturbed`;
const crashed = `${folder}/crashed`;

function start(name: string, jobParameters: readonly string[]): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      MILLRACE,
      'run',
      JOB_FILE,
      '-D',
      'execution.checkpointing.interval=200 ms',
      '-D',
      `execution.checkpointing.dir=${folder}/checkpoints-${name}`,
      '--',
      '--input',
      FLIGHTS_FILE,
      '--output',
      `${folder}/${name}`,
      ...jobParameters,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  child.stderr?.setEncoding('utf8');
  return child;
}

/** Settles with the exit code, or the signal's name. */
function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? 1)));
}

/** Shows which run this is; settles when the job runs, or when its process has ended. */
function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    child.stderr?.on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('status RUNNING')) return;
      console.log(`      ${text.split('\n').find((line) => /^(resuming|new run)/.test(line)) ?? ''}`);
      child.stderr?.removeAllListeners('data').resume();
      resolve();
    });
    child.once('exit', () => resolve());
  });
}

async function finish(child: ChildProcess): Promise<void> {
  const outcome = await ended(child);
  if (outcome !== 0) throw new Error(`The job ended with ${outcome}`);
}

async function runAndKill(number: number): Promise<boolean> {
  const child = start('crashed', ['--rows-per-second', String(ROWS_PER_SECOND)]);
  const exit = ended(child);
  await started(child);
  const afterMs = Math.round((0.2 + Math.random() * 0.6) * ((EXPECTED_SECONDS * 1000) / (kills + 1)));
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const outcome = await exit;
  clearTimeout(timer);
  if (outcome !== 'SIGKILL') return false;
  console.log(`  ${number}.  killed ${afterMs} ms after it was running`);
  return true;
}

requireFlights();
rmSync(folder, { recursive: true, force: true });
console.log(`Undisturbed run over ${ROWS.toLocaleString('en')} flights ...`);
const first = start('undisturbed', []);
first.stderr?.resume();
await finish(first);
console.log(
  `The same job at ${ROWS_PER_SECOND.toLocaleString('en')} rows/s, checkpoints each 200 ms, killed ${kills} times:`,
);
const startedMs = performance.now();
for (let number = 1; number <= kills; number++) {
  if (!(await runAndKill(number))) throw new Error('The job ended before it could be killed often enough; try again');
}
const last = start('crashed', ['--rows-per-second', String(ROWS_PER_SECOND)]);
const exit = finish(last);
await started(last);
await exit;
console.log(`      finished after ${Math.round((performance.now() - startedMs) / 1000)} s in all`);

const expected = sortedOutput(undisturbed);
const actual = sortedOutput(crashed);
const lines = expected.split('\n').length;
if (actual === expected) {
  console.log(`Both runs committed the same ${lines.toLocaleString('en')} lines, byte for byte after sorting.`);
} else {
  console.error(
    `The outputs differ: ${lines} lines undisturbed, ${actual.split('\n').length} after the kills. See ${folder}`,
  );
  process.exitCode = 1;
}
