/** Recorded behaviour of the real Flink, one folder a case under test/golden/cases. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GoldenCase<Input, Output> {
  readonly input: readonly Input[];
  readonly output: readonly Output[];
}

/** The caller says what the lines look like; the recordings do not change. */
export function goldenCase<Input, Output>(name: string): GoldenCase<Input, Output> {
  return { input: readLines<Input>(name, 'input.jsonl'), output: readLines<Output>(name, 'output.jsonl') };
}

function readLines<Line>(name: string, file: string): Line[] {
  const path = join(import.meta.dirname, '../golden/cases', name, file);
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Line => JSON.parse(line));
}
