/** What the subtasks of the jobs' sink left behind, put together. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FlinkResult {
  readonly rows: number;
  /** Of the check values, mod 2^32. */
  readonly sum: number;
}

/** @throws Error when a subtask has left nothing */
export function readFlinkResult(folder: string, parallelism: number): FlinkResult {
  const parts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  if (parts.length !== parallelism) {
    throw new Error(`There are results of ${parts.length} subtasks and should be of ${parallelism}`);
  }
  return sumOfParts(parts);
}

/** @param texts contents of the files, in any order */
export function sumOfParts(texts: readonly string[]): FlinkResult {
  const parts = texts.map((text) => JSON.parse(text) as FlinkResult); // what the job's ResultWriter writes
  return {
    rows: parts.reduce((rows, part) => rows + part.rows, 0),
    sum: parts.reduce((sum, part) => (sum + part.sum) % 2 ** 32, 0),
  };
}
