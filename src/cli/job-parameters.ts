import { MillraceError } from '../base/errors.ts';

/**
 * The parameters of a job, from what stands after `--`: `--name value`, `--name=value`, and `--flag` for ''. A value that begins
 * with '--' is written with '='.
 * @throws PARAMETER_INVALID with one line for each problem
 */
export function parseJobParameters(args: readonly string[]): Readonly<Record<string, string>> {
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [, name, assigned] = /^--([^=]+)(?:=(.*))?$/s.exec(args[index] ?? '') ?? [];
    if (name === undefined) {
      problems.push(`'${args[index]}' has no name; write --name value`);
      continue;
    }
    const following = args[index + 1];
    const isFollowed = assigned === undefined && following !== undefined && !following.startsWith('--');
    if (values.has(name)) problems.push(`'--${name}' is given twice`);
    values.set(name, assigned ?? (isFollowed ? following : ''));
    if (isFollowed) index++;
  }
  if (problems.length > 0) {
    throw new MillraceError('PARAMETER_INVALID', ['Reading the job parameters failed:', ...problems].join('\n  '));
  }
  return Object.fromEntries(values);
}
