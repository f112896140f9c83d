import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { TimedRow } from '../paced/latency-keeper.ts';
import { machineNowMs } from '../paced/machine-clock.ts';
import type { PartKeeper } from '../parts/part-sink.ts';

/** A line of the file of notes. */
export interface Note {
  /** 'first': a row has come. 'caught-up': a row has come that is hardly late. */
  readonly kind: 'first' | 'caught-up';
  readonly pid: number;
  readonly subtaskIndex: number;
  /** Of the machine's clock. */
  readonly atMs: number;
}

/** Later than this is behind. */
const LATE_MS = 500;

/** Once in each subtask and process: when the first row comes, and when rows are on time. */
export class ProgressKeeper implements PartKeeper<TimedRow, null, object> {
  readonly #path: string;
  readonly #subtaskIndex: number;
  #awaits: Note['kind'] | undefined = 'first';

  constructor(path: string, subtaskIndex: number) {
    this.#path = path;
    this.#subtaskIndex = subtaskIndex;
  }

  add({ n, dueMs }: TimedRow): void {
    if (this.#awaits === undefined || n < 0) return;
    const atMs = machineNowMs();
    if (this.#awaits === 'first') {
      this.#note('first', atMs);
      this.#awaits = 'caught-up';
    }
    if (atMs - dueMs >= LATE_MS) return;
    this.#note('caught-up', atMs);
    this.#awaits = undefined;
  }

  restore(): void {}

  snapshot(): null {
    return null;
  }

  result(): object {
    return {};
  }

  #note(kind: Note['kind'], atMs: number): void {
    const note: Note = { kind, pid: process.pid, subtaskIndex: this.#subtaskIndex, atMs };
    appendFileSync(this.#path, `${JSON.stringify(note)}\n`);
  }
}

/** Of one process, in the order in which they were written. */
export function readNotes(path: string, pid: number): readonly Note[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  // What ProgressKeeper writes.
  return lines.map((line) => JSON.parse(line) as Note).filter((note) => note.pid === pid);
}
