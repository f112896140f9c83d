/**
 * What a sink's subtask keeps of its rows. It is part of checkpoints, so that the result of a run with failures is that of a run
 * without.
 *
 * Counting adds up one number of each row and makes no text. Checking makes every row's text: it takes the check value of all
 * rows, or keeps the last row of each key where only those are the result.
 */
import type { PartKeeper } from '../parts/part-sink.ts';
import { CheckValue } from './check-value.ts';

export interface RowForm<T> {
  /** One number, for counting. */
  readonly number: (row: T) => number;
  readonly text: (row: T) => string;
  /** Given where only the last row of each key is the result. */
  readonly key?: (row: T) => number;
}

/** `sum`: of the check values, or of the numbers when rows were only counted. */
export interface TallyResult {
  readonly rows: number;
  readonly sum: number;
}

/** Of one subtask, in a checkpoint. */
export interface TallyState extends TallyResult {
  readonly lastRows: ReadonlyMap<number, string>;
}

type Tally<T> = PartKeeper<T, TallyState, TallyResult>;

export function makeTally<T>(form: RowForm<T>, isChecked: boolean): Tally<T> {
  if (!isChecked) return new CountingTally(form.number);
  return form.key === undefined ? new CheckingTally(form.text) : new LastRowsTally(form.key, form.text);
}

class CountingTally<T> implements Tally<T> {
  readonly #numberOf: (row: T) => number;
  #rows = 0;
  #sum = 0;

  constructor(numberOf: (row: T) => number) {
    this.#numberOf = numberOf;
  }

  add(row: T): void {
    this.#rows++;
    this.#sum += this.#numberOf(row);
  }

  restore({ rows, sum }: TallyState): void {
    this.#rows += rows;
    this.#sum += sum;
  }

  snapshot(): TallyState {
    return { ...this.result(), lastRows: new Map() };
  }

  result(): TallyResult {
    return { rows: this.#rows, sum: this.#sum };
  }
}

class CheckingTally<T> implements Tally<T> {
  readonly #textOf: (row: T) => string;
  readonly #check = new CheckValue();

  constructor(textOf: (row: T) => string) {
    this.#textOf = textOf;
  }

  add(row: T): void {
    this.#check.add(this.#textOf(row));
  }

  restore(state: TallyState): void {
    this.#check.addAll(state);
  }

  snapshot(): TallyState {
    return { ...this.result(), lastRows: new Map() };
  }

  result(): TallyResult {
    return { rows: this.#check.rows, sum: this.#check.sum };
  }
}

/** Right only while keys stay with their subtasks: not for a run that is restored at another parallelism. */
class LastRowsTally<T> implements Tally<T> {
  readonly #keyOf: (row: T) => number;
  readonly #textOf: (row: T) => string;
  readonly #lastRows = new Map<number, string>();

  constructor(keyOf: (row: T) => number, textOf: (row: T) => string) {
    this.#keyOf = keyOf;
    this.#textOf = textOf;
  }

  add(row: T): void {
    this.#lastRows.set(this.#keyOf(row), this.#textOf(row));
  }

  restore({ lastRows }: TallyState): void {
    for (const [key, row] of lastRows) this.#lastRows.set(key, row);
  }

  snapshot(): TallyState {
    return { rows: 0, sum: 0, lastRows: new Map(this.#lastRows) };
  }

  result(): TallyResult {
    const check = new CheckValue();
    for (const row of this.#lastRows.values()) check.add(row);
    return { rows: check.rows, sum: check.sum };
  }
}
