import { join } from 'node:path';
import { FLINK_VERSION } from './flink-distribution.ts';
import { runProgram } from './program.ts';

/** Builds the jobs beside this file, as far as they have changed, and returns the jar's path. Needs Maven. */
export async function buildJobJar(): Promise<string> {
  await runProgram('mvn', ['--quiet', '--batch-mode', `-Dflink.version=${FLINK_VERSION}`, 'package'], {
    cwd: import.meta.dirname,
  });
  return join(import.meta.dirname, 'target', 'nexmark-flink.jar');
}
