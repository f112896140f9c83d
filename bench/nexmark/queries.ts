/** The queries that there are, with the check values that other engines give. */
export interface Query {
  readonly module: URL;
  /** By number of events: rows (of the final row of each key where a query keeps such) and check value. */
  readonly expected: Readonly<Record<number, { readonly rows: number; readonly check: number }>>;
}

export const QUERIES: Readonly<Record<string, Query>> = {
  keyed: {
    module: new URL('./queries/keyed.ts', import.meta.url),
    expected: {
      100_000: { rows: 95_226, check: 2_332_465_275 },
      1_000_000: { rows: 631_887, check: 2_024_818_238 },
    },
  },
};
