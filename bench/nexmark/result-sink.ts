/**
 * Where a query's rows end: counted, or checked. Each subtask tells its part at the end of its input over a broadcast channel,
 * which reaches the main thread from every host.
 *
 * Counting adds up one number of each row and makes no text. Checking keeps the last row of each key, or every row's check value.
 */
import { BroadcastChannel } from 'node:worker_threads';
import type { Sink, SinkWriter, WriterContext } from 'millrace';
import { CheckValue } from './check-value.ts';

export interface RowForm<T> {
  /** One number, for counting. */
  readonly number: (row: T) => number;
  readonly text: (row: T) => string;
  /** Given where only the last row of each key is the result. */
  readonly key?: (row: T) => number;
}

/** What one subtask saw. `sum`: of the check values, or of the numbers when it only counted. */
export interface PartialResult {
  readonly subtaskIndex: number;
  readonly rows: number;
  readonly sum: number;
}

export interface ResultSinkOptions {
  /** Name of the broadcast channel. */
  readonly channel: string;
  readonly isChecked: boolean;
}

export class ResultSink<T> implements Sink<T, never, never> {
  readonly kind = 'bench';
  readonly guarantee = 'none';
  readonly #form: RowForm<T>;
  readonly #options: ResultSinkOptions;

  constructor(form: RowForm<T>, options: ResultSinkOptions) {
    this.#form = form;
    this.#options = options;
  }

  identity(): readonly string[] {
    return [];
  }

  createWriter({ subtaskIndex }: WriterContext): SinkWriter<T, never, never> {
    const tally = this.#options.isChecked ? checkedTally(this.#form) : countingTally(this.#form);
    return new ResultWriter(tally, (rows, sum) => {
      const channel = new BroadcastChannel(this.#options.channel);
      channel.postMessage({ subtaskIndex, rows, sum } satisfies PartialResult);
      channel.close();
    });
  }
}

interface Tally<T> {
  add(row: T): void;
  result(): { readonly rows: number; readonly sum: number };
}

class ResultWriter<T> implements SinkWriter<T, never, never> {
  readonly isWritable = true;
  readonly write: (row: T) => void;
  readonly #tally: Tally<T>;
  readonly #tell: (rows: number, sum: number) => void;

  constructor(tally: Tally<T>, tell: (rows: number, sum: number) => void) {
    this.#tally = tally;
    this.#tell = tell;
    this.write = (row) => tally.add(row);
  }

  open(): void {}

  prepareCommit(_checkpointId: number, isEndOfInput: boolean): readonly never[] {
    if (isEndOfInput) {
      const { rows, sum } = this.#tally.result();
      this.#tell(rows, sum);
    }
    return [];
  }

  snapshotState(): readonly never[] {
    return [];
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}

function countingTally<T>({ number }: RowForm<T>): Tally<T> {
  let rows = 0;
  let sum = 0;
  return {
    add: (row) => {
      rows++;
      sum += number(row);
    },
    result: () => ({ rows, sum }),
  };
}

function checkedTally<T>({ text, key }: RowForm<T>): Tally<T> {
  const check = new CheckValue();
  if (key === undefined) return { add: (row) => check.add(text(row)), result: () => check };
  const lastRows = new Map<number, string>();
  return {
    add: (row) => void lastRows.set(key(row), text(row)),
    result: () => {
      for (const row of lastRows.values()) check.add(row);
      return check;
    },
  };
}
