import { Command } from 'commander';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { createProgram } from '../../src/cli/program.ts';
import { markdownTable } from './markdown-table.ts';

export function cliPage(): string {
  const program = createProgram({ version: '', args: [], jobArguments: [], onRun: () => Promise.resolve() });
  return `# Command line

This page is made from the options of the command by \`npm run docs:reference\`. \`millrace --help\` and \`millrace run --help\` tell the same.

\`\`\`sh
npx millrace run job.ts                                          # run a job, or resume it where it stopped
npx millrace run job.ts --parallelism 4 -- --input orders.jsonl  # with job parameters
npx millrace run job.ts -D execution.checkpointing.interval='10 s'
npx millrace run job.ts --fresh --overwrite                      # begin anew, over what a former run wrote
npx millrace run job.ts --restore-from chk-41                    # from an earlier checkpoint
npx millrace run job.ts --host inline                            # all in one thread, for breakpoints
\`\`\`

## millrace

${optionTable(program)}

${program.commands.map(commandSection).join('\n\n')}

## Job parameters

Everything after \`--\` is for the job, which reads it from \`env.parameters\`: \`--name value\`, \`--name=value\`, and \`--flag\` for a parameter without value. A value that begins with \`--\` is written with \`=\`.

## Which run a start is

A job that was suspended, failed or crashed resumes from its last completed checkpoint; one that has finished or was canceled begins anew. The first line says which. \`--fresh\` begins anew in any case, \`--restore-from\` starts from the checkpoint that it names.

## Signals

| signal | what happens | exit code |
| --- | --- | --- |
| SIGINT (Ctrl-C), SIGTERM, SIGHUP | the job is suspended: no further checkpoint, one in progress gets up to 2 s; then it says where the last checkpoint is and how to resume | 130, 143, 129 |
| a second one, more than 500 ms after the first | the process ends at once; the next start resumes from the last completed checkpoint | the same |

Signals within 500 ms of the first count as one: npm delivers one Ctrl-C twice.

## What is shown

Status, events and summary go to standard error; standard output is left to the job (\`print()\`). On a terminal the status is drawn in place: records per second in and out of each vertex, busy, back-pressured and idle time of its subtasks, watermark and how far it is behind the clock, checkpoints, restarts. Elsewhere, with \`CI\` set, and where \`print()\` writes to the same terminal, it is lines, every five seconds. \`NO_COLOR\` and \`FORCE_COLOR\` are respected.

## Logs

Log lines carry job, operator, subtask, attempt and checkpoint as far as they are known. As text they go to standard error from level \`warn\`, between the lines of the status. With \`--log-file\` they are appended to a file, as JSON from level \`info\`, events of the job included. With \`--log-format json\` and no file, standard error has JSON lines and nothing else. Values whose name contains \`password\`, \`secret\` or \`token\`, and user info in URLs, are replaced by \`******\` everywhere.

## Exit codes

${markdownTable(
  ['code', 'meaning'],
  EXIT_CODES.map(({ code, meaning }) => [code, meaning]),
)}

The code of each error stands in [errors.md](errors.md).
`;
}

function commandSection(command: Command): string {
  return `## millrace ${command.name()}\n\n\`millrace ${command.name()} ${command.usage()}\`\n\n${command.description()}.\n\n${optionTable(command)}`;
}

function optionTable(command: Command): string {
  const help = new Command().createHelp();
  const rows = help.visibleOptions(command).map((option) => [`\`${option.flags}\``, help.optionDescription(option)]);
  return markdownTable(['option', 'meaning'], rows);
}
