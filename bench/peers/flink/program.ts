/** Runs the programs of this machine that the comparison needs, and says plainly which one is missing. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const OUTPUT_BYTES = 16 * 1024 * 1024;

/** What only this comparison needs of a machine. The message is for the person at the terminal. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';
}

/** What to install when a program is not there. */
const SOURCES: Readonly<Record<string, string>> = {
  java: 'Java 17 (Debian: openjdk-17-jdk-headless)',
  mvn: 'Maven 3.8 or later (Debian: maven)',
  python3: 'Python 3.9 or later with pip (Debian: python3-pip)',
  pip: 'pip for Python 3 (Debian: python3-pip)',
};

export interface ProgramOptions {
  readonly cwd?: string;
}

/**
 * Standard output and error of a program, in this order.
 * @throws MissingProgram when there is none of this name
 * @throws Error with what the program printed, when it fails
 */
export async function runProgram(name: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  try {
    const { stdout, stderr } = await execute(name, args, { ...options, maxBuffer: OUTPUT_BYTES });
    return stdout + stderr;
  } catch (error) {
    throw programError(name, args, error);
  }
}

function programError(name: string, args: readonly string[], error: unknown): Error {
  // What execFile rejects with: a string when the program could not be started, its exit code when it could.
  const { code, stdout, stderr } = error as { code?: string | number; stdout?: string; stderr?: string };
  if (code === 'ENOENT') return new MissingProgram(missingProgramMessage(name));
  const command = [name, ...args].join(' ');
  return new Error(`'${command}' failed (${code}): ${stdout ?? ''}${stderr ?? ''}`, { cause: error });
}

export function missingProgramMessage(name: string): string {
  return `There is no '${name}' on this machine. The comparison with Flink needs ${SOURCES[name] ?? name}; nothing else here does`;
}
