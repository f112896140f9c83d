import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeTerminal } from '../../test/support/fake-terminal.ts';
import { checkpointStatistics, jobResult, jobStatus, vertexStatus } from '../../test/support/job-status-fixture.ts';
import { MillraceError, toErrorRecord } from '../base/errors.ts';
import type { JobEvent, JobResult } from '../job/job-status.ts';
import type { JobHandle, RunOptions } from '../launch/job-handle.ts';
import { plainStyles } from '../metrics/styles.ts';
import type { CommandParts } from './process-parts.ts';
import { runJob } from './run-command.ts';
import type { SignalListeners } from './signals.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-session-'));
afterAll(() => rmSync(folder, { recursive: true }));

const started: JobEvent = {
  kind: 'started',
  startLine: "new run of 'totals'",
  plan: "job 'totals'\n  [1] vertex",
  guarantees: ['a (datagen, exactly-once) → b (files, exactly-once): exactly-once'],
  warnings: ["'x' keeps state but has no uid"],
};

/** A process and a job that do what the test says. */
class FakeProcess implements CommandParts {
  readonly terminal = new FakeTerminal();
  readonly styles = plainStyles;
  readonly sharedStreams = [];
  isOutputOnTerminal = false;
  readonly workingDirectory = '/nowhere';
  readonly exits: number[] = [];
  signals: SignalListeners | undefined;
  uncaught: ((error: unknown) => void) | undefined;
  options: RunOptions = {};
  suspends = 0;
  readonly #result = Promise.withResolvers<JobResult>();
  readonly #handle = Promise.withResolvers<JobHandle>();
  readonly #asked = Promise.withResolvers<void>();

  constructor(isInteractive: boolean) {
    this.terminal.isInteractive = isInteractive;
  }

  async run(_module: URL | string, options: RunOptions): Promise<JobHandle> {
    this.options = options;
    this.#asked.resolve();
    return this.#handle.promise;
  }

  watchSignals(listeners: SignalListeners): { stop(): void } {
    this.signals = listeners;
    return { stop: () => (this.signals = undefined) };
  }

  watchUncaught(onUncaught: (error: unknown) => void): { stop(): void } {
    this.uncaught = onUncaught;
    return { stop: () => (this.uncaught = undefined) };
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  /** The job has started: the events so far, then the handle. */
  async starts(...events: readonly JobEvent[]): Promise<void> {
    await this.#asked.promise;
    for (const event of events) this.tell(event);
    const result = this.#result.promise;
    result.catch(() => {});
    this.#handle.resolve({
      jobName: 'totals',
      jobId: '0'.repeat(32),
      result,
      status: () =>
        jobStatus({ status: 'FAILED', vertices: [vertexStatus(0)], lastCheckpoint: checkpointStatistics(3) }),
      suspend: () => {
        this.suspends++;
        return result;
      },
      cancel: () => result,
      triggerCheckpoint: () => Promise.resolve(checkpointStatistics(1)),
    });
  }

  tell(event: JobEvent): void {
    this.options.onEvent?.(event);
  }

  ends(result: Partial<JobResult> = {}): void {
    this.#result.resolve(jobResult(result));
  }

  fails(error: unknown): void {
    this.#result.reject(error);
  }

  doesNotStart(error: unknown): void {
    this.#handle.reject(error);
  }
}

let fake: FakeProcess;
beforeEach(() => {
  fake = new FakeProcess(false);
});

describe('runJob without a terminal', () => {
  it('tells start, plan, warnings and the end', async () => {
    const exitCode = runJob('job.ts', { parallelism: 3 }, { title: 'Totals' }, fake);
    await fake.starts(started, { kind: 'status-changed', status: 'RUNNING' });
    fake.ends();
    expect(await exitCode).toBe(0);
    expect(fake.options.parallelism).toBe(3);
    expect(fake.terminal.text.split('\n').slice(0, 7)).toEqual([
      'Totals',
      "new run of 'totals'",
      "job 'totals'",
      '  [1] vertex',
      "warning 'x' keeps state but has no uid",
      'status RUNNING',
      'totals FINISHED after 12 s',
    ]);
    expect(fake.terminal.text).toMatch(/guarantees +a \(datagen, exactly-once\) → b/);
    expect(fake.terminal.text).not.toContain('\u001b');
  });

  it('tells only what goes wrong when it is to be quiet', async () => {
    const exitCode = runJob('job.ts', { quiet: true }, { title: 'Totals' }, fake);
    await fake.starts({ ...started, warnings: [] });
    fake.tell({ kind: 'checkpoint-failed', checkpointId: 4, reason: 'expired' });
    fake.ends();
    expect(await exitCode).toBe(0);
    expect(fake.terminal.text).toBe('warning chk-4 failed: expired\n');
  });

  it('does what is wanted afterwards, and reports what that throws', async () => {
    const results: JobResult[] = [];
    const first = runJob('job.ts', {}, { afterwards: (result) => void results.push(result) }, fake);
    await fake.starts(started);
    fake.ends({ recordsIn: 5 });
    await first;
    expect(results).toEqual([jobResult({ recordsIn: 5 })]);

    const other = new FakeProcess(false);
    const throwing = (): never => {
      throw new MillraceError('INPUT_NOT_FOUND', "Reading 'x' failed");
    };
    const second = runJob('job.ts', {}, { afterwards: throwing }, other);
    await other.starts(started);
    other.ends();
    expect(await second).toBe(1);
    expect(other.terminal.text).toContain("error INPUT_NOT_FOUND: Reading 'x' failed");
  });
});

describe('runJob and failures', () => {
  const failure = new MillraceError('USER_FUNCTION_FAILED', 'no price', { context: { operatorName: 'price-of' } });

  it('tells of each failed attempt once, and of the last one at the end', async () => {
    const exitCode = runJob('job.ts', { quiet: true }, { resumeCommand: 'again' }, fake);
    await fake.starts({ ...started, warnings: [] });
    const error = toErrorRecord(failure);
    fake.options.logger?.log('warn', 'Attempt failed', { event: 'attempt-failed' });
    fake.tell({ kind: 'attempt-failed', error, restartInMs: 1000 });
    fake.tell({ kind: 'attempt-failed', error, restartInMs: undefined });
    fake.fails(failure);
    expect(await exitCode).toBe(1);
    const { text } = fake.terminal;
    expect(text.match(/no price/g)).toHaveLength(2);
    expect(text).toContain('restarting in 1.0 s');
    expect(text).toContain('totals FAILED after 12 s');
    expect(text).toContain('to go on         again');
    expect(text).not.toContain('Attempt failed');
  });

  it('answers with the exit code of what kept the job from starting', async () => {
    const exitCode = runJob('job.ts', {}, {}, fake);
    fake.doesNotStart(new MillraceError('JOB_ALREADY_RUNNING', "Starting 'totals' failed"));
    expect(await exitCode).toBe(5);
    expect(fake.terminal.text).toContain('JOB_ALREADY_RUNNING');
    expect(fake.terminal.text).not.toContain('after 12 s');
  });

  it('tells everything that is wrong with the configuration, before the module is loaded', async () => {
    const configuration = { 'execution.checkpointing.intervall': '1 s', 'parallelism.default': 'many' };
    expect(await runJob('job.ts', { configuration }, {}, fake)).toBe(2);
    expect(fake.terminal.text).toContain("did you mean 'execution.checkpointing.interval'?");
    expect(fake.terminal.text).toContain("'many' is not allowed");
    expect(fake.options).toEqual({});
  });

  it('refuses a configuration folder and a log file that cannot be read or written', async () => {
    expect(await runJob('job.ts', { configurationDirectory: join(folder, 'none') }, {}, fake)).toBe(2);
    expect(await runJob('job.ts', { logFile: folder }, {}, fake)).toBe(2);
    expect(fake.terminal.text).toContain(`Opening log file '${folder}' failed`);
  });

  it('reports an error that nobody caught and ends the process', async () => {
    const exitCode = runJob('job.ts', {}, {}, fake);
    await fake.starts(started);
    fake.uncaught?.(new RangeError('boom'));
    expect(fake.exits).toEqual([70]);
    expect(fake.terminal.text).toContain('error RangeError: boom');
    fake.ends();
    await exitCode;
    expect(fake.uncaught).toBeUndefined();
  });
});

describe('runJob and signals', () => {
  it('suspends at the first and says how to resume', async () => {
    const exitCode = runJob('job.ts', { quiet: true }, { resumeCommand: 'again' }, fake);
    await fake.starts({ ...started, warnings: [] });
    await Promise.resolve();
    fake.signals?.onSuspend('SIGINT');
    fake.ends({ outcome: 'SUSPENDED' });
    expect(await exitCode).toBe(130);
    expect(fake.suspends).toBe(1);
    expect(fake.terminal.text).toContain('SIGINT: suspending');
    expect(fake.terminal.text).toContain('last checkpoint  /checkpoints/job/chk-12');
    expect(fake.terminal.text).toContain('to go on         again');
    expect(fake.signals).toBeUndefined();
  });

  it('suspends a job that is only starting as soon as it has started', async () => {
    const exitCode = runJob('job.ts', {}, {}, fake);
    await Promise.resolve();
    await new Promise(setImmediate);
    fake.signals?.onSuspend('SIGTERM');
    expect(fake.suspends).toBe(0);
    await fake.starts(started);
    fake.ends({ outcome: 'SUSPENDED' });
    expect(await exitCode).toBe(143);
    expect(fake.suspends).toBe(1);
  });

  it('reports a job that fails while it is being suspended', async () => {
    const exitCode = runJob('job.ts', {}, {}, fake);
    await fake.starts(started);
    fake.signals?.onSuspend('SIGINT');
    fake.fails(new MillraceError('JOB_FENCED', 'Completing chk-4 failed'));
    expect(await exitCode).toBe(5);
  });

  it('ends at once at the second', async () => {
    const exitCode = runJob('job.ts', {}, {}, fake);
    await fake.starts(started);
    fake.signals?.onSuspend('SIGINT');
    fake.signals?.onEnd('SIGINT');
    expect(fake.exits).toEqual([130]);
    fake.ends();
    await exitCode;
  });
});

describe('runJob on a terminal', () => {
  beforeEach(() => {
    fake = new FakeProcess(true);
  });

  it('draws the status below the events, and leaves only the summary', async () => {
    const exitCode = runJob('job.ts', {}, {}, fake);
    await fake.starts(started);
    await new Promise(setImmediate);
    expect(fake.terminal.screen.slice(-3)[1]).toContain('[1] vertex-0');
    fake.tell({ kind: 'checkpoint-failed', checkpointId: 4, reason: 'expired' });
    expect(fake.terminal.screen).toContain('warning chk-4 failed: expired');
    expect(fake.terminal.screen.at(-1)).toContain('no checkpoints; last chk-3');
    fake.ends();
    await exitCode;
    expect(fake.terminal.screen.join('\n')).not.toContain('vertex-0');
    expect(fake.terminal.screen).toContain('totals FINISHED after 12 s');
  });

  it('writes plain lines when print() of the job goes to the same terminal', async () => {
    fake.isOutputOnTerminal = true;
    const exitCode = runJob('job.ts', {}, {}, fake);
    await fake.starts({
      ...started,
      guarantees: ['a (datagen, exactly-once) → b (print, at-least-once): at-least-once'],
    });
    await new Promise(setImmediate);
    fake.ends();
    await exitCode;
    expect(fake.terminal.written).not.toContain('\u001b');
  });

  it('draws log lines above the status', async () => {
    const exitCode = runJob('job.ts', {}, {}, fake);
    await fake.starts(started);
    await new Promise(setImmediate);
    fake.options.logger?.with({ operator: 'x' }).log('warn', 'Look here');
    const { screen } = fake.terminal;
    expect(screen.findIndex((line) => line.endsWith('WARN  Look here  operator=x'))).toBe(screen.length - 5);
    fake.ends();
    await exitCode;
  });
});

describe('logs of runJob', () => {
  it('go as JSON to standard error and replace everything else', async () => {
    const exitCode = runJob('job.ts', { logFormat: 'json' }, { title: 'Totals' }, fake);
    await fake.starts(started);
    await new Promise(setImmediate);
    fake.tell({ kind: 'checkpoint-completed', checkpoint: checkpointStatistics(9) });
    fake.fails(new MillraceError('TASK_STUCK', 'Slot 1 failed', { context: { subtaskIndex: 1 } }));
    await exitCode;
    const lines = fake.terminal.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ time: _time, error: _error, plan: _plan, guarantees: _guarantees, ...line }) => line)).toEqual([
      { level: 'info', message: "new run of 'totals'" },
      { level: 'warn', message: "'x' keeps state but has no uid" },
      expect.objectContaining({ level: 'info', message: 'Checkpoint completed', job: 'totals', checkpoint: 9 }),
      { level: 'error', message: 'Job failed', job: 'totals', code: 'TASK_STUCK', subtask: 1 },
    ]);
  });

  it('go to a file beside the status', async () => {
    const logFile = join(folder, 'run.log');
    const exitCode = runJob('job.ts', { logFile, logFormat: 'text' }, {}, fake);
    await fake.starts(started);
    fake.options.logger?.log('warn', 'Attempt failed', { event: 'attempt-failed' });
    fake.ends();
    await exitCode;
    const text = readFileSync(logFile, 'utf8');
    expect(text).toContain("INFO  new run of 'totals'");
    expect(text).toContain('WARN  Attempt failed');
    expect(text).toContain('INFO  Job ended: FINISHED');
    expect(fake.terminal.text).toContain('totals FINISHED');
    expect(fake.terminal.text).not.toContain('INFO');
  });

  it('leave out what the level excludes', async () => {
    const exitCode = runJob('job.ts', { logFormat: 'json', logLevel: 'error' }, {}, fake);
    await fake.starts(started);
    fake.ends();
    await exitCode;
    expect(fake.terminal.text).toBe('');
  });
});
