/** The test's end of a job process: its lines, its signals, its end. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { CRASH_VARIABLE } from './job-process-options.ts';
import type { JobLine, JobProcessOptions } from './job-process-options.ts';

const MAIN = join(import.meta.dirname, 'job-process-main.ts');
/** Starting a process costs mostly the compilation of the same files. */
const COMPILE_CACHE = join(tmpdir(), 'millrace-test-compile-cache');

export interface JobCommand {
  readonly nodeOptions?: readonly string[];
  /** Goes in front of the command; must become it, not start it. */
  readonly command?: readonly string[];
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type LineOf<Kind extends JobLine['kind']> = Extract<JobLine, { readonly kind: Kind }>;

interface Waiting {
  readonly isWanted: (line: JobLine) => boolean;
  readonly resolve: (line: JobLine) => void;
  readonly reject: (error: Error) => void;
}

export class JobProcess {
  readonly lines: JobLine[] = [];
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #waiting: Set<Waiting> = new Set();
  readonly #listeners: Set<() => void> = new Set();
  #errors = '';
  #hasEnded = false;

  constructor(options: JobProcessOptions, { nodeOptions = [], command = [] }: JobCommand = {}) {
    const { crash, host } = options;
    const crashInThreads = host === 'threads' && crash !== undefined ? { [CRASH_VARIABLE]: JSON.stringify(crash) } : {};
    const node = [process.execPath, '--conditions=source', ...nodeOptions, MAIN, JSON.stringify(options)];
    const [file = '', ...args] = [...command, ...node];
    this.#child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...crashInThreads, NODE_COMPILE_CACHE: COMPILE_CACHE },
    });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('The process has no pipes');
    stderr.on('data', (bytes: Buffer) => (this.#errors += bytes.toString()));
    createInterface({ input: stdout }).on('line', (text) => this.#heard(text));
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.#hasEnded = true;
        for (const { reject: giveUp } of this.#waiting) giveUp(this.#tooLate());
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The `occurrence`-th line of the kind, from the start of the process. */
  line<Kind extends JobLine['kind']>(kind: Kind, occurrence: number = 1): Promise<LineOf<Kind>> {
    let left = occurrence;
    return this.#when((line): line is LineOf<Kind> => line.kind === kind && --left === 0);
  }

  /** Settles with the next thing the process says, or with its end. */
  async nextLine(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.add(resolve);
    await Promise.race([promise, this.ended]);
    this.#listeners.delete(resolve);
  }

  all<Kind extends JobLine['kind']>(kind: Kind): readonly LineOf<Kind>[] {
    return this.lines.filter((line): line is LineOf<Kind> => line.kind === kind);
  }

  /** Settles when the kernel has stopped the process. */
  async stopped(): Promise<void> {
    while (!stateOf(this.pid).startsWith('T')) await setImmediate();
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** For messages of failed assertions. */
  describe(): string {
    return [...this.lines.map((line) => JSON.stringify(line)), this.#errors].join('\n');
  }

  #when<L extends JobLine>(isWanted: (line: JobLine) => line is L): Promise<L> {
    const known = this.lines.find(isWanted);
    if (known !== undefined) return Promise.resolve(known);
    if (this.#hasEnded) return Promise.reject(this.#tooLate());
    return new Promise<L>((resolve, reject) => {
      const waiting: Waiting = {
        isWanted,
        // `isWanted` has said so.
        resolve: (line) => resolve(line as L),
        reject,
      };
      this.#waiting.add(waiting);
    });
  }

  #tooLate(): Error {
    return new Error(`The process ended first.\n${this.describe()}`);
  }

  #heard(text: string): void {
    // Written by job-process-main.ts; anything else is a line that a test must see.
    const line = text.startsWith('{') ? (JSON.parse(text) as JobLine) : undefined;
    if (line === undefined) {
      this.#errors += `${text}\n`;
      return;
    }
    this.lines.push(line);
    for (const listener of this.#listeners) listener();
    for (const waiting of this.#waiting) {
      if (!waiting.isWanted(line)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(line);
    }
  }
}

/** One letter, as ps shows it; T is stopped. */
function stateOf(pid: number): string {
  if (!existsSync('/proc/self/stat')) return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)]).toString();
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses comes before it and may hold anything.
  return text.slice(text.lastIndexOf(')') + 2);
}
