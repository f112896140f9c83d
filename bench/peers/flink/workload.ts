/** How much of each query makes a run that can be compared. */
export interface Amount {
  /** Of the run that counts: enough that the slower engine is at work for about 10 s. */
  readonly events: number;
  /** Of the run before the first that counts, on Flink. */
  readonly warmUpEvents: number;
  /** Set where the number of rows depends on the order in which events of several source subtasks come. */
  readonly hasRowsByOrder?: true;
}

const M = 1_000_000;

export const AMOUNTS: Readonly<Record<string, Amount>> = {
  q0: { events: 120 * M, warmUpEvents: 50 * M },
  q1: { events: 100 * M, warmUpEvents: 50 * M },
  q2: { events: 120 * M, warmUpEvents: 50 * M },
  q3: { events: 80 * M, warmUpEvents: 5 * M },
  q5: { events: 15 * M, warmUpEvents: 5 * M },
  q7: { events: 30 * M, warmUpEvents: 5 * M },
  q8: { events: 80 * M, warmUpEvents: 5 * M },
  q11: { events: 15 * M, warmUpEvents: 5 * M },
  q17lite: { events: 30 * M, warmUpEvents: 5 * M },
  q18: { events: 15 * M, warmUpEvents: 5 * M, hasRowsByOrder: true },
  q18final: { events: 15 * M, warmUpEvents: 5 * M, hasRowsByOrder: true },
  shuffle: { events: 30 * M, warmUpEvents: 5 * M },
  keyed: { events: 10 * M, warmUpEvents: 5 * M },
};

/** Does not stand in the table: the same job as q18. */
const SAME_JOB = 'q18final';

export const COMPARED_QUERIES: readonly string[] = Object.keys(AMOUNTS).filter((name) => name !== SAME_JOB);
export const VERIFIED_QUERIES: readonly string[] = Object.keys(AMOUNTS);
