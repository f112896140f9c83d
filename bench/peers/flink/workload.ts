/** How much of each query makes a run that can be compared. */
export interface Amount {
  /** Of the run that counts: enough that the engines are at work for some 10 s, and the slower one not for much more than 20 s. */
  readonly events: number;
  /** Of the run before the first that counts, on Flink. */
  readonly warmUpEvents: number;
  /** Set where the number of rows depends on the order in which events of several source subtasks come. */
  readonly hasRowsByOrder?: true;
}

const M = 1_000_000;

export const AMOUNTS: Readonly<Record<string, Amount>> = {
  q0: { events: 240 * M, warmUpEvents: 50 * M },
  q1: { events: 200 * M, warmUpEvents: 50 * M },
  q2: { events: 240 * M, warmUpEvents: 50 * M },
  q3: { events: 100 * M, warmUpEvents: 5 * M },
  q5: { events: 20 * M, warmUpEvents: 5 * M },
  q7: { events: 40 * M, warmUpEvents: 5 * M },
  q8: { events: 100 * M, warmUpEvents: 5 * M },
  q11: { events: 20 * M, warmUpEvents: 5 * M },
  q17lite: { events: 40 * M, warmUpEvents: 5 * M },
  q18: { events: 20 * M, warmUpEvents: 5 * M, hasRowsByOrder: true },
  q18final: { events: 20 * M, warmUpEvents: 5 * M, hasRowsByOrder: true },
  shuffle: { events: 36 * M, warmUpEvents: 5 * M },
  keyed: { events: 15 * M, warmUpEvents: 5 * M },
};

/** Does not stand in the table: the same job as q18. */
const SAME_JOB = 'q18final';

export const COMPARED_QUERIES: readonly string[] = Object.keys(AMOUNTS).filter((name) => name !== SAME_JOB);
export const VERIFIED_QUERIES: readonly string[] = Object.keys(AMOUNTS);
