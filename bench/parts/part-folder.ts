/** What the subtasks of a PartSink left behind. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './part-sink.ts';

/** @throws Error when there are not as many parts as there were subtasks */
export function readParts<Result extends object>(folder: string, parallelism: number): readonly Part<Result>[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return parsedParts(
    names.map((name) => readFileSync(join(folder, name), 'utf8')),
    parallelism,
  );
}

/**
 * @param texts contents of the files
 * @throws Error when there are not as many as there were subtasks
 */
export function parsedParts<Result extends object>(
  texts: readonly string[],
  parallelism: number,
): readonly Part<Result>[] {
  if (texts.length !== parallelism) {
    throw new Error(`There are results of ${texts.length} subtasks and should be of ${parallelism}`);
  }
  // What part-sink.ts writes; the caller names the sink's type of result.
  return texts.map((text) => JSON.parse(text) as Part<Result>);
}
