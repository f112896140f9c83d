/**
 * Runs a job in this process as `millrace run` does: status, logs, signals, summary, errors, exit code. Programs that want the same
 * around a job of their own call `runJob`; those that want none of it call `run`.
 */
import { Configuration } from '../config/configuration.ts';
import { readConfigFile } from '../config/files.ts';
import { errorReport } from './error-report.ts';
import { exitCodeOfError } from './exit-codes.ts';
import { processParts } from './process-parts.ts';
import type { CommandParts } from './process-parts.ts';
import type { JobPresentation, RunJobOptions } from './run-options.ts';
import { RunSession } from './run-session.ts';

export type { JobPresentation, RunJobOptions } from './run-options.ts';

/**
 * Settles with the exit code when the job has ended; never rejects. While it runs it owns the process's signals and uncaught
 * exceptions: a second signal, or an error that nobody caught, ends the process.
 */
export async function runJob(
  module: URL | string,
  options: RunJobOptions = {},
  presentation: JobPresentation = {},
  parts: CommandParts = processParts,
): Promise<number> {
  let session: RunSession | undefined;
  try {
    session = await RunSession.open(options, presentation, parts);
    checkConfiguration(options);
    return await session.run(module, options);
  } catch (error) {
    if (session !== undefined) return session.failed(error);
    const { terminal, styles, workingDirectory } = parts;
    terminal.write(`${errorReport(error, { styles, workingDirectory }).join('\n')}\n`);
    return exitCodeOfError(error);
  } finally {
    session?.close();
  }
}

/** Before the module is loaded, since its code runs when it is. */
function checkConfiguration({ configuration, configurationDirectory }: RunJobOptions): void {
  const file = readConfigFile(configurationDirectory ?? 'conf', configurationDirectory !== undefined);
  const settings = Object.entries(configuration ?? {}).map(([key, value]) => ({ key, value, origin: '-D' }));
  Configuration.of(file, settings);
}
