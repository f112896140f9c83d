/** How many events make a run of some seconds, long enough for a few checkpoints. */
const M = 1_000_000;

export const QUERY_EVENTS: Readonly<Record<string, number>> = {
  q0: 40 * M,
  q1: 40 * M,
  q2: 40 * M,
  q3: 30 * M,
  q5: 8 * M,
  q7: 15 * M,
  q8: 30 * M,
  q11: 8 * M,
  q17lite: 15 * M,
  q18: 8 * M,
  shuffle: 15 * M,
  keyed: 8 * M,
};

/**
 * The queries that a flag names, all without it, with the events of each.
 * @throws TypeError when there is no such query
 */
export function chosenQueries(names: string | undefined, events: number | undefined): ReadonlyMap<string, number> {
  const chosen = names === undefined ? Object.keys(QUERY_EVENTS) : names.split(',');
  return new Map(
    chosen.map((name) => {
      const usual = Object.hasOwn(QUERY_EVENTS, name) ? QUERY_EVENTS[name] : undefined;
      if (usual === undefined) throw new TypeError(`There is no query '${name}' to compare`);
      return [name, events ?? usual];
    }),
  );
}
