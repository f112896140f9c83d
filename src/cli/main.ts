/** Entry of the command line, called by bin/millrace.mjs. What takes time to load is loaded by who needs it. */

/** Open sockets and timers of a job module must not keep the process once its job has ended. */
const LINGER_MS = 2000;

/** @param args without those of Node: 'run', 'job.ts', ... Settles with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { executeProgram } = await import('./execute-program.ts');
  const { MILLRACE_VERSION } = await import('../launch/millrace-version.ts');
  const exitCode = await executeProgram(args, {
    version: MILLRACE_VERSION,
    writeOut: (text) => void process.stdout.write(text),
    writeErr: (text) => void process.stderr.write(text),
    onRun: async ({ module, options, presentation }) => {
      const { runJob } = await import('./run-command.ts');
      return runJob(module, options, presentation);
    },
  });
  // Holds nothing open itself.
  setTimeout(() => process.exit(exitCode), LINGER_MS).unref();
  return exitCode;
}
