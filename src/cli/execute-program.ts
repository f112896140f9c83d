import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { MillraceError } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { plainStyles } from '../metrics/styles.ts';
import { errorReport } from './error-report.ts';
import { EXIT_SUCCESS, EXIT_USAGE, exitCodeOfError } from './exit-codes.ts';
import { createProgram } from './program.ts';
import type { RunRequest } from './program.ts';

export interface ProgramEnvironment {
  readonly version: string;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  /** Settles with the exit code. */
  onRun(request: RunRequest): Promise<number>;
}

/** Reads the arguments and does what they say; settles with the exit code. */
export async function executeProgram(args: readonly string[], environment: ProgramEnvironment): Promise<number> {
  const separator = args.indexOf('--');
  let exitCode = EXIT_SUCCESS;
  const program = createProgram({
    version: environment.version,
    args,
    jobArguments: separator < 0 ? [] : args.slice(separator + 1),
    onRun: async (request) => {
      exitCode = await environment.onRun(request);
    },
  });
  for (const command of [program, ...program.commands]) prepare(command, environment);
  try {
    await program.parseAsync(separator < 0 ? args : args.slice(0, separator), { from: 'user' });
    return exitCode;
  } catch (error) {
    return usageExitCode(error, environment);
  }
}

function prepare(command: Command, { writeOut, writeErr }: ProgramEnvironment): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut,
      writeErr: (text) => writeErr(redact(text)),
    });
}

/** Commander has written its message already. */
function usageExitCode(error: unknown, { writeErr }: ProgramEnvironment): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT_SUCCESS;
    if (error.code === 'commander.unknownOption') writeErr('Parameters of the job stand after --\n');
    if (error.code !== 'commander.help') writeErr("'millrace run --help' tells more\n");
    return EXIT_USAGE;
  }
  if (!MillraceError.is(error)) throw error;
  const report = errorReport(error, { styles: plainStyles, workingDirectory: process.cwd() });
  writeErr(`${report.join('\n')}\n`);
  return exitCodeOfError(error);
}
