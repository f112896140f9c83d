import { redact } from '../base/redact.ts';

/** Said once, about one start: not to be repeated when the job goes on. */
const START_FLAGS: ReadonlySet<string> = new Set(['--fresh', '--takeover', '--adopt', '--append', '--overwrite']);
const START_OPTION = '--restore-from';

/**
 * What to type to go on with the job that these arguments started: the same without what chose the start.
 * @param args of the command, `run` first, job parameters included
 */
export function resumeCommand(args: readonly string[]): string {
  const separator = args.indexOf('--');
  const own = separator < 0 ? args : args.slice(0, separator);
  const kept = own.filter(
    (argument, index) =>
      !START_FLAGS.has(argument) &&
      argument !== START_OPTION &&
      !argument.startsWith(`${START_OPTION}=`) &&
      own[index - 1] !== START_OPTION,
  );
  const all = ['millrace', ...kept, ...(separator < 0 ? [] : args.slice(separator))];
  return redact(all.map(quoted).join(' '));
}

/** As a POSIX shell reads it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
