/** The result of a query: what the subtasks of its sink left behind, put together. */
import { parsedParts, readParts } from '../parts/part-folder.ts';
import { CheckValue } from './check-value.ts';
import type { TallyResult } from './tally.ts';

/** @throws Error when there are not as many parts as there were subtasks */
export function readResults(folder: string, parallelism: number): TallyResult {
  return wholeResult(readParts<TallyResult>(folder, parallelism));
}

/** As `readResults`, from the contents of the files. */
export function parsedResults(texts: readonly string[], parallelism: number): TallyResult {
  return wholeResult(parsedParts<TallyResult>(texts, parallelism));
}

function wholeResult(parts: readonly TallyResult[]): TallyResult {
  const check = new CheckValue();
  for (const part of parts) check.addAll(part);
  return { rows: check.rows, sum: check.sum };
}
