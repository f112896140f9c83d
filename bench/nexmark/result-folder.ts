/** What the subtasks of a result sink left behind, put together. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckValue } from './check-value.ts';
import type { PartialResult } from './result-sink.ts';
import type { TallyResult } from './tally.ts';

/** @throws Error when a subtask has left nothing */
export function readResults(folder: string, parallelism: number): TallyResult {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return wholeResult(
    names.map((name) => readFileSync(join(folder, name), 'utf8')),
    parallelism,
  );
}

/** @param texts contents of the files, in any order */
export function wholeResult(texts: readonly string[], parallelism: number): TallyResult {
  if (texts.length !== parallelism) {
    throw new Error(`There are results of ${texts.length} subtasks and should be of ${parallelism}`);
  }
  const check = new CheckValue();
  for (const text of texts) check.addAll(JSON.parse(text) as PartialResult); // what result-sink.ts writes
  return { rows: check.rows, sum: check.sum };
}
