// Jobs run by the command line as a process: output, signals, errors, exit codes.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jobPath, millrace, MillraceProcess } from '../support/millrace-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keyedCounts = jobPath('keyed-counts');
const endless = ['run', keyedCounts, '-p', '2', '--', '--output', 'out', '--records', '1000000', '--rate', '200'];

/** The committed rows of keyed-counts, sorted: each key's counts are 1, 2, 3, ... */
function countsByKey(): ReadonlyMap<number, readonly number[]> {
  const rows = new Map<number, number[]>();
  for (const entry of readdirSync(join(folder, 'out'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.') || entry.name.startsWith('_')) continue;
    for (const line of readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n')) {
      if (line === '') continue;
      const { key, count } = JSON.parse(line) as { key: number; count: number };
      rows.set(key, [...(rows.get(key) ?? []), count]);
    }
  }
  return new Map([...rows].map(([key, counts]) => [key, counts.toSorted((a, b) => a - b)]));
}

function completedCheckpoints(): number {
  try {
    const entries = readdirSync(join(folder, '.millrace/checkpoints'), { recursive: true, encoding: 'utf8' });
    return entries.filter((name) => name.endsWith('_metadata')).length;
  } catch {
    return 0; // no folder yet, or one that is just being removed
  }
}

function oneTo(n: number): readonly number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

describe('a job that runs to its end', () => {
  test('ends with 0, leaves standard output to the job, and says what it did', async () => {
    const { exitCode, out, err } = await millrace(
      folder,
      'run',
      keyedCounts,
      '-p',
      '2',
      '--',
      '--output',
      'out',
      '--records',
      '500',
    );
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' });
    expect(err).toMatch(/^new run of 'keyed-counts'/);
    expect(err).toContain('keyed-counts FINISHED after');
    expect(err).toMatch(/records +500 in, 500 out/);
    expect(err).toMatch(/guarantees +numbers \(datagen, exactly-once\) → .*: exactly-once\n/);
    expect([...countsByKey().values()]).toEqual(Array.from({ length: 10 }, () => oneTo(50)));
  });

  test('ends although its module left something open', async () => {
    const { exitCode, out } = await millrace(folder, 'run', jobPath('unruly'), '-p', '1', '--', '--how', 'lingers');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'row> 0\nrow> 1\nrow> 2\n' });
  });

  test('writes nothing but JSON to standard error when asked for it', async () => {
    const args = ['--log-format', 'json', '--log-level', 'debug', '--', '--output', 'out', '--records', '50'];
    const { exitCode, err } = await millrace(folder, 'run', keyedCounts, ...args);
    expect(exitCode).toBe(0);
    const messages = err
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message);
    expect(messages[0]).toMatch(/^new run of 'keyed-counts'/);
    expect(messages.at(-1)).toBe('Job ended: FINISHED');
  });
});

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s suspends, even when it comes twice, and the next start resumes', async (signal, expected) => {
    const first = new MillraceProcess(folder, endless);
    await first.says(/status RUNNING/);
    await expect.poll(completedCheckpoints, { timeout: 30_000 }).toBeGreaterThan(0);
    first.kill(signal);
    first.kill(signal);
    const suspended = await first.ended;
    expect(suspended.exitCode).toBe(expected);
    expect(suspended.err).toContain(`${signal}: suspending`);
    expect(suspended.err).toContain('keyed-counts SUSPENDED');
    const [, checkpoint] = /last checkpoint .*\/(chk-\d+) /.exec(suspended.err) ?? [];
    expect(checkpoint).toBeDefined();
    expect(suspended.err).toMatch(/to go on +millrace run .*keyed-counts\.ts/);

    const [, read = '0'] = /records +([\d,]+) in/.exec(suspended.err) ?? [];
    const records = Math.ceil(Number(read.replaceAll(',', '')) / 10) * 10 + 100;
    const args = ['-p', '2', '--', '--output', 'out', '--records', String(records)];
    const resumed = await millrace(folder, 'run', keyedCounts, ...args);
    expect(resumed.exitCode).toBe(0);
    expect(resumed.err).toContain(`resuming ${checkpoint} of 'keyed-counts'`);
    expect([...countsByKey().values()]).toEqual(Array.from({ length: 10 }, () => oneTo(records / 10)));
  });

  test('a later second one ends the process at once', async () => {
    const job = new MillraceProcess(folder, ['run', jobPath('unruly'), '-p', '1', '--', '--how', 'closes-slowly']);
    await job.says(/status RUNNING/);
    // As an impatient user presses it: what comes within 500 ms counts as the first.
    const impatient = setInterval(() => job.kill('SIGINT'), 100);
    const { exitCode, err } = await job.ended;
    clearInterval(impatient);
    expect(exitCode).toBe(130);
    expect(err).toContain('SIGINT: suspending');
    expect(err).toContain('SIGINT: ended at once');
  });
});

describe('errors', () => {
  test('a function that throws is shown with its own frame first', async () => {
    const args = [
      '-p',
      '2',
      '-D',
      'restart-strategy.type=none',
      '--',
      '--output',
      'out',
      '--where',
      'map',
      '--how',
      'throw',
    ];
    const { exitCode, out, err } = await millrace(folder, 'run', jobPath('misbehaving'), ...args);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    const report = err.slice(err.indexOf('error ')).split('\n');
    expect(report[0]).toMatch(/^error \w+: .*broken on purpose$/);
    expect(report[1]).toMatch(/^ {4}at .*misbehaving\.ts:\d+:\d+\)$/);
    expect(report[2]).toMatch(/^ {2}in +job 'misbehaving', operator 'mapped', subtask \d, attempt 1$/);
    expect(report.at(-2)).toBe('  hint   Look at the first frame of the stack: it is in the job');
    expect(err).not.toContain('src/operators');
    expect(err.match(/broken on purpose/g)).toHaveLength(1);
  });

  test('an error that nobody caught ends the process with 70', async () => {
    const { exitCode, err } = await millrace(folder, 'run', jobPath('unruly'), '-p', '1', '--', '--how', 'rejects');
    expect(exitCode).toBe(70);
    expect(err).toMatch(/error RangeError: nobody waits for this\n {4}at rejectSoon \(.*unruly\.ts:\d+:\d+\)/);
  });

  test('a second process on the same job is refused', async () => {
    const first = new MillraceProcess(folder, endless);
    await first.says(/status RUNNING/);
    const second = await millrace(folder, ...endless);
    expect(second.exitCode).toBe(5);
    expect(second.err).toMatch(/^error JOB_ALREADY_RUNNING: .*\n/);
    expect(second.err).toContain(String(first.child.pid));
    first.kill('SIGTERM');
    expect((await first.ended).exitCode).toBe(143);
  });
});
