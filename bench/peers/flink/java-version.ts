import { MissingProgram, runProgram } from './program.ts';

/** Those that Flink 2.3 runs on and that can read the jar of this folder. */
const USABLE = [17, 21];

/**
 * As Java calls itself, for example '17.0.15'.
 * @throws MissingProgram when there is no Java, or another one
 */
export async function javaVersion(): Promise<string> {
  const version = parseJavaVersion(await runProgram('java', ['-version']));
  const major = Number(version.split('.')[0]);
  if (!USABLE.includes(major)) {
    throw new MissingProgram(`The Java of this machine is '${version}'. The comparison with Flink needs Java 17 or 21`);
  }
  return version;
}

/** @param text what `java -version` prints */
export function parseJavaVersion(text: string): string {
  const version = /version "([^"]+)"/.exec(text)?.[1];
  if (version === undefined) throw new Error(`'java -version' told no version: ${text}`);
  return version;
}
