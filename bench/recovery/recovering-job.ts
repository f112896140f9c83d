/** The processes of a job that is killed and started again, and what can be seen of them from outside. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstalledPackage } from '../installed/installed-package.ts';
import { machineNowMs } from '../paced/machine-clock.ts';
import { toJobParameters } from '../paced/paced-parameters.ts';
import { readNotes } from './progress-keeper.ts';
import type { Note } from './progress-keeper.ts';

export interface RecoveryOptions {
  readonly rate: number;
  readonly keys: number;
  readonly parallelism: number;
  readonly checkpointIntervalMs: number;
  /** Seconds that the job runs on time before it is killed. */
  readonly steadySeconds: number;
  readonly runs: number;
}

/** What the times may be wrong by. */
const LOOK_INTERVAL_MS = 5;
/** For one thing to happen. A machine that is this slow cannot keep up with the rate. */
const GIVE_UP_MS = 120_000;
/** Longer than any run takes: it is killed before. */
const JOB_SECONDS = 3600;

/** A job whose processes are killed: the next one goes on where the last one was. */
export class RecoveringJob {
  readonly #installed: InstalledPackage;
  readonly #options: RecoveryOptions;
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  readonly #processes: ChildProcess[] = [];

  constructor(installed: InstalledPackage, options: RecoveryOptions) {
    this.#installed = installed;
    this.#options = options;
  }

  start(): ChildProcess {
    const installed = this.#installed;
    const { rate, keys, parallelism, checkpointIntervalMs } = this.#options;
    const paced = { rate, keys, warmUpSeconds: 0, measuredSeconds: JOB_SECONDS, waiting: 'spin' } as const;
    const parameters = {
      ...toJobParameters(paced, this.#path('results')),
      notes: this.#path('notes'),
      output: this.#path('output'),
    };
    const interval = `execution.checkpointing.interval=${checkpointIntervalMs} ms`;
    const directory = `execution.checkpointing.dir=${this.#path('checkpoints')}`;
    const log = openSync(this.#path('log'), 'a');
    const child = spawn(
      process.execPath,
      [
        ...installed.command,
        'run',
        installed.jobModule('recovery/recovery-job.ts'),
        `--parallelism=${parallelism}`,
        ...[interval, directory].flatMap((setting) => ['-D', setting]),
        '--',
        ...Object.entries(parameters).flatMap(([name, value]) => [`--${name}`, value]),
      ],
      { cwd: installed.folder, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    this.#processes.push(child);
    return child;
  }

  /** Settles when rows are on time in all subtasks of the process, with its notes. */
  async caughtUp(child: ChildProcess): Promise<readonly Note[]> {
    const notes = (): readonly Note[] => readNotes(this.#path('notes'), child.pid ?? 0);
    const isCaughtUp = (): boolean =>
      notes().filter(({ kind }) => kind === 'caught-up').length === this.#options.parallelism;
    await this.#until(child, isCaughtUp);
    return notes();
  }

  /** Settles when there is a file that was not among the known ones, with the moment. */
  async newFile(child: ChildProcess, known: ReadonlySet<string>): Promise<number> {
    await this.#until(child, () => [...this.outputFiles()].some((name) => !known.has(name)));
    return machineNowMs();
  }

  outputFiles(): ReadonlySet<string> {
    const folder = this.#path('output');
    if (!existsSync(folder)) return new Set();
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return new Set(names.filter((name) => !/(^|\/)\./.test(name)));
  }

  async remove(): Promise<void> {
    for (const child of this.#processes) await kill(child);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #until(child: ChildProcess, isSo: () => boolean): Promise<void> {
    const giveUpAtMs = machineNowMs() + GIVE_UP_MS;
    while (!isSo()) {
      if (machineNowMs() > giveUpAtMs) throw new Error(`The job is still behind after ${GIVE_UP_MS / 1000} s`);
      if (child.exitCode !== null) throw new Error(`The job has ended: ${readFileSync(this.#path('log'), 'utf8')}`);
      await sleep(LOOK_INTERVAL_MS);
    }
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** Settles when the process has ended. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
