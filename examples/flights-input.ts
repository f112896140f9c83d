/** Where the examples find their data and put their results. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Three million flights, 13.5 MB, from the npm package vega-datasets (a dev dependency of this repository). */
export const FLIGHTS_FILE: string = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);

export const JOB_FILE: string = fileURLToPath(new URL('./flight-delays.ts', import.meta.url));

/** Everything the examples write, under .millrace/ of the repository. */
export function workDirectory(name: string): string {
  return fileURLToPath(new URL(`../.millrace/${name}`, import.meta.url));
}

export function requireFlights(): void {
  if (existsSync(FLIGHTS_FILE)) return;
  throw new Error(`There is no '${FLIGHTS_FILE}': run 'npm install' first`);
}
