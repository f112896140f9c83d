/**
 * A file system whose process dies at a named point: SIGKILL, so that nothing of it runs any more, neither `finally` nor I/O that
 * waits for its turn. What was written stays, as it does for a process that is killed while the machine goes on.
 */
import { writeSync } from 'node:fs';
import type { FileHandle, Files } from '../../../src/base/files.ts';
import { CRASH_POINTS } from './crash-point.ts';
import type { CrashMoment, CrashPoint, FileOperation } from './crash-point.ts';

export interface CrashPlan {
  readonly point: CrashPoint;
  /** 1: the first time. */
  readonly occurrence: number;
  /** Default SIGKILL. A process that was stopped goes on with what it was about to do when somebody continues it. */
  readonly signal?: 'SIGKILL' | 'SIGSTOP';
}

/** A stop takes no longer to arrive. */
const STOPPING_MS = 100;

/** Decorates the files of one thread; occurrences are counted for each thread. */
export function crashingFiles(files: Files, plan: CrashPlan): Files {
  const crash = new Crash(plan);
  const wrapped =
    (kind: FileOperation['kind'], act: (path: string) => Promise<void>): ((path: string) => Promise<void>) =>
    (path) =>
      crash.around({ kind, path }, () => act(path));
  return {
    open: async (path, mode) => {
      const kind = mode === 'read' ? 'open' : 'create';
      const handle = await crash.around({ kind, path }, () => files.open(path, mode));
      return new CrashingFileHandle(handle, path, crash);
    },
    readFile: (path) => files.readFile(path),
    stat: (path) => files.stat(path),
    list: (path) => files.list(path),
    makeDirectory: wrapped('make-directory', (path) => files.makeDirectory(path)),
    makeDirectories: wrapped('make-directory', (path) => files.makeDirectories(path)),
    remove: wrapped('remove', (path) => files.remove(path)),
    removeRecursive: wrapped('remove-recursive', (path) => files.removeRecursive(path)),
    syncDirectory: wrapped('sync-directory', (path) => files.syncDirectory(path)),
    rename: (from, to) => crash.around({ kind: 'rename', path: to }, () => files.rename(from, to)),
    link: async (from, to) => {
      const pointerKind = pointerKindOf(await files.readFile(from));
      await crash.around({ kind: 'link', path: to, pointerKind }, () => files.link(from, to));
    },
  };
}

class CrashingFileHandle implements FileHandle {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #crash: Crash;

  constructor(handle: FileHandle, path: string, crash: Crash) {
    this.#handle = handle;
    this.#path = path;
    this.#crash = crash;
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return this.#handle.read(position, length);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    const operation: FileOperation = { kind: 'write', path: this.#path };
    if (this.#crash.isDue('half', operation)) {
      await this.#handle.write(bytes.subarray(0, Math.floor(bytes.length / 2)), position);
      this.#crash.strike();
    }
    await this.#crash.around(operation, () => this.#handle.write(bytes, position));
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#crash.around({ kind: 'truncate', path: this.#path }, () => this.#handle.truncate(sizeBytes));
  }

  sync(): Promise<void> {
    return this.#crash.around({ kind: 'sync', path: this.#path }, () => this.#handle.sync());
  }

  stat(): ReturnType<FileHandle['stat']> {
    return this.#handle.stat();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

class Crash {
  readonly #plan: CrashPlan;
  #occurrences = 0;

  constructor(plan: CrashPlan) {
    this.#plan = plan;
  }

  async around<T>(operation: FileOperation, act: () => Promise<T>): Promise<T> {
    if (this.isDue('before', operation)) this.strike();
    const result = await act();
    if (this.isDue('after', operation)) this.strike();
    return result;
  }

  /** Counts. */
  isDue(moment: CrashMoment, operation: FileOperation): boolean {
    const spec = CRASH_POINTS[this.#plan.point];
    if (spec.moment !== moment || !spec.matches(operation)) return false;
    this.#occurrences++;
    return this.#occurrences === this.#plan.occurrence;
  }

  strike(): void {
    const { signal = 'SIGKILL', ...point } = this.#plan;
    writeSync(1, `${JSON.stringify({ kind: 'crashing', ...point })}\n`);
    process.kill(process.pid, signal);
    // The signal may take a moment to arrive, and this thread must not do anything until it does.
    const word = new Int32Array(new SharedArrayBuffer(4));
    while (signal === 'SIGKILL') Atomics.wait(word, 0, 0, 1000);
    Atomics.wait(word, 0, 0, STOPPING_MS);
  }
}

/** An entry's first line is JSON. */
function pointerKindOf(bytes: Uint8Array): string {
  const [line = ''] = new TextDecoder().decode(bytes).split('\n');
  const { kind }: { readonly kind?: unknown } = JSON.parse(line);
  return String(kind);
}
