/** The command line as a process, in a folder of its own. */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const entry = join(root, 'bin/millrace.mjs');

export interface EndedProcess {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export class MillraceProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<EndedProcess>;
  #out = '';
  #err = '';
  #waiting: (() => void)[] = [];

  constructor(folder: string, args: readonly string[]) {
    this.child = spawn(process.execPath, ['--conditions=source', entry, ...args], { cwd: folder });
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.#out += chunk.toString();
    });
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.#err += chunk.toString();
      for (const look of this.#waiting) look();
    });
    // 'close': the streams are read to their ends.
    this.ended = once(this.child, 'close').then(([exitCode, signal]: (number | NodeJS.Signals | null)[]) => ({
      exitCode: typeof exitCode === 'number' ? exitCode : null,
      signal: typeof signal === 'string' ? signal : null,
      out: this.#out,
      err: this.#err,
    }));
  }

  /** Settles when standard error has this; rejects when the process ended without it. */
  async says(pattern: RegExp): Promise<void> {
    const said = new Promise<void>((resolve) => {
      const look = (): void => {
        if (pattern.test(this.#err)) resolve();
      };
      this.#waiting = [...this.#waiting, look];
      look();
    });
    const isOver = this.ended.then(({ err }) => {
      if (!pattern.test(err)) throw new Error(`The process ended without ${String(pattern)}:\n${err}`);
    });
    await Promise.race([said, isOver]);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

export function millrace(folder: string, ...args: readonly string[]): Promise<EndedProcess> {
  return new MillraceProcess(folder, args).ended;
}

/** The path of a job module of test/support/jobs. */
export function jobPath(name: string): string {
  return join(root, `test/support/jobs/${name}.ts`);
}
