import { describe, expect, it } from 'vitest';
import { sumOfParts } from './flink-result.ts';
import { runningSeconds } from './flink-rest.ts';
import type { SubtaskDetails } from './flink-rest.ts';
import { parseJavaVersion } from './java-version.ts';
import { parseMillraceRun } from './millrace-engine.ts';

function subtask(endTime: number, runningMs: number): SubtaskDetails {
  return { 'end-time': endTime, 'status-duration': { DEPLOYING: 9000, INITIALIZING: 9000, RUNNING: runningMs } };
}

describe('the time of a Flink job', () => {
  it('is from the last start of a subtask to the last end', () => {
    // Running from 1000 to 4000, from 1500 to 3500 and from 1200 to 4250.
    expect(runningSeconds([subtask(4000, 3000), subtask(3500, 2000), subtask(4250, 3050)])).toBe(2.75);
  });
});

describe('the result of a Flink job', () => {
  it('is the sum of its parts, check values modulo 2^32', () => {
    expect(sumOfParts(['{"rows":3,"sum":4294967290}\n', '{"rows":4,"sum":16}\n'])).toEqual({ rows: 7, sum: 10 });
  });
});

describe('the result of a Millrace process', () => {
  const line = '{"query":"q0","rows":92,"check":null,"seconds":1.5,"checkpoints":{"count":2,"medianMs":3}}';

  it('is its last line', () => {
    expect(parseMillraceRun(`warming up\n${line}\n`)).toEqual({
      rows: 92,
      check: undefined,
      seconds: 1.5,
      checkpointCount: 2,
    });
    expect(parseMillraceRun(line.replace('null', '42'))?.check).toBe(42);
  });

  it.each(['', '\n', 'Usage: npm run bench', `${line}\nand then it failed\n`])('is missing in %j', (output) => {
    expect(parseMillraceRun(output)).toBeUndefined();
  });
});

describe('the version of Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', '17.0.15'],
    ['openjdk version "21" 2023-09-19', '21'],
    ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\njava version "1.8.0_402"', '1.8.0_402'],
  ])('is read from %j', (text, version) => {
    expect(parseJavaVersion(text)).toBe(version);
  });

  it('must be told', () => {
    expect(() => parseJavaVersion('command not found')).toThrow("'java -version' told no version");
  });
});
