/** The commands and options of `millrace`; parts that take time to load are loaded by the command that needs them. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT_CODES } from './exit-codes.ts';
import { parseJobParameters } from './job-parameters.ts';
import { LOG_LEVELS } from './logging.ts';
import type { LogFormat } from './logging.ts';
import { resumeCommand } from './resume-command.ts';
import type { JobPresentation, RunJobOptions } from './run-options.ts';
import type { LogLevel } from '../base/environment.ts';

export interface RunRequest {
  readonly module: string;
  readonly options: RunJobOptions;
  readonly presentation: JobPresentation;
}

export interface ProgramParts {
  readonly version: string;
  /** All arguments, job parameters included. */
  readonly args: readonly string[];
  /** What follows `--`. */
  readonly jobArguments: readonly string[];
  readonly onRun: (request: RunRequest) => Promise<void>;
}

/** What commander makes of the options of `millrace run`. */
interface RunFlags {
  readonly parallelism?: number;
  readonly D?: Readonly<Record<string, string>>;
  readonly conf?: string;
  readonly fresh?: true;
  readonly restoreFrom?: string;
  readonly takeover?: true;
  readonly append?: true;
  readonly overwrite?: true;
  readonly jobId?: string;
  readonly adopt?: true;
  readonly allowNonRestoredState?: true;
  readonly checkMutation?: true;
  readonly host?: 'threads' | 'inline';
  readonly logLevel?: LogLevel;
  readonly logFile?: string;
  readonly logFormat?: LogFormat;
  readonly quiet?: true;
}

export function createProgram(parts: ProgramParts): Command {
  const program = new Command('millrace')
    .helpCommand('help [command]', 'print the help of a command')
    .description("Stateful stream processing for TypeScript with Apache Flink's guarantees")
    .version(parts.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', `\nExamples:\n${indented(EXAMPLES)}\n\nMore with: millrace run --help`);
  program.addCommand(runCommand(parts));
  return program;
}

const EXAMPLES: readonly string[] = [
  'millrace run job.ts -- --input flights.parquet --output out',
  'millrace run job.ts --parallelism 4 -D execution.checkpointing.interval="10 s"',
  'millrace run job.ts --fresh --overwrite        begin anew, over what a former run wrote',
  'millrace run job.ts --host inline              all in one thread, for breakpoints',
];

function runCommand(parts: ProgramParts): Command {
  const command = new Command('run')
    .helpOption('-h, --help', 'print this help')
    .description('Run the job that a module exports by default, or resume it where it stopped')
    .argument('<module>', 'the job: a TypeScript or JavaScript module')
    .usage('<module> [options] [-- job parameters]');
  addRunOptions(command);
  addRuntimeOptions(command);
  return command
    .addHelpText('after', runHelp())
    .action((module: string, flags: RunFlags) => parts.onRun(runRequest(module, flags, parts)));
}

/** Which run it is, and with what. */
function addRunOptions(command: Command): void {
  command
    .option(
      '-p, --parallelism <n>',
      'default parallelism (default: parallelism.default, else the number of cores)',
      positiveInteger,
    )
    .option('-D <key=value>', 'set a configuration key, over conf/config.yaml and the job; may be repeated', keyValue)
    .option('--conf <dir>', 'folder with config.yaml (default: ./conf if it is there)')
    .option('--fresh', 'begin a new run although there is one to resume; its checkpoints are archived')
    .option('--restore-from <path>', "start from this checkpoint: a folder chk-<n>, or 'chk-<n>' of this job")
    .option('--allow-non-restored-state', 'drop state of the checkpoint that no operator claims')
    .option('--takeover', 'go on although another process seems to run this job; that process is fenced off')
    .option('--job-id <id>', 'the identity of the job, instead of its name')
    .option('--adopt', 'take a job over that another module has begun under this name')
    .addOption(new Option('--append', 'a new run may write beside output of former runs').conflicts('overwrite'))
    .addOption(new Option('--overwrite', 'a new run may remove output of former runs').conflicts('append'));
}

/** How it runs, and what is told of it. */
function addRuntimeOptions(command: Command): void {
  command
    .addOption(
      new Option('--host <host>', 'threads: one thread for each slot; inline: all in this thread').choices([
        'threads',
        'inline',
      ]),
    )
    .option('--check-mutation', 'fail when a value is changed after it was emitted or read (always with --host inline)')
    .addOption(
      new Option(
        '--log-level <level>',
        'least level that is logged (default: warn; into a file or as JSON: info)',
      ).choices(LOG_LEVELS),
    )
    .option('--log-file <path>', 'append logs to this file instead of writing them to standard error')
    .addOption(
      new Option('--log-format <format>', 'text or json (default: json into a file, else text)').choices([
        'text',
        'json',
      ]),
    )
    .option('-q, --quiet', 'tell only what goes wrong');
}

function runHelp(): string {
  return `
Job parameters:
  Everything after -- is for the job (env.parameters): --name value, --name=value, --flag

What happens at the start:
  A job that was suspended, failed or crashed resumes from its last checkpoint; one that finished or was canceled begins anew.
  SIGINT (Ctrl-C) or SIGTERM suspends it: the same command resumes it. A second one ends the process at once.

Examples:
${indented(EXAMPLES)}

Exit codes:
${indented(EXIT_CODES.map(({ code, meaning }) => `${code.padEnd(15)}${meaning}`))}`;
}

function runRequest(module: string, flags: RunFlags, { args, jobArguments }: ProgramParts): RunRequest {
  const { D: configuration, conf, append, overwrite, ...same } = flags;
  const existingOutput = append === true ? 'append' : overwrite === true ? 'overwrite' : undefined;
  return {
    module,
    options: {
      ...same,
      parameters: parseJobParameters(jobArguments),
      ...(configuration === undefined ? {} : { configuration }),
      ...(conf === undefined ? {} : { configurationDirectory: conf }),
      ...(existingOutput === undefined ? {} : { existingOutput }),
    },
    presentation: { resumeCommand: resumeCommand(args) },
  };
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be an integer of at least 1.');
  return value;
}

function keyValue(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Write it as key=value.');
  const other = before[key];
  if (other !== undefined && other !== value) {
    throw new InvalidArgumentError(`'${key}' is set to two values.`);
  }
  return { ...before, [key]: value };
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
