/** Recorded behaviour of the real Flink, one folder a case under test/golden/cases. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const CASES = join(import.meta.dirname, '../golden/cases');

export interface GoldenCase<Input, Output> {
  readonly input: readonly Input[];
  readonly output: readonly Output[];
}

/** The parts of case.json that say how to compare. */
export interface GoldenRules {
  readonly runner: 'minicluster' | 'harness' | 'direct';
  /** How far the order of the output counts: 'total', 'ties', 'perKey', ... */
  readonly order: string;
  /** Parallelisms at which Flink gave the same records. */
  readonly checkedParallelisms: readonly number[];
}

export function goldenRules(name: string): GoldenRules {
  return JSON.parse(readFileSync(join(CASES, name, 'case.json'), 'utf8'));
}

/** The caller says what the lines look like; the recordings do not change. */
export function goldenCase<Input, Output>(name: string): GoldenCase<Input, Output> {
  return { input: readLines<Input>(name, 'input.jsonl'), output: readLines<Output>(name, 'output.jsonl') };
}

function readLines<Line>(name: string, file: string): Line[] {
  const path = join(CASES, name, file);
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Line => JSON.parse(line));
}
