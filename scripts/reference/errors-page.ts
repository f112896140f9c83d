import { ERROR_CATALOGUE } from '../../src/base/error-catalogue.ts';
import type { ErrorDomain, ErrorEntry, ErrorRecovery } from '../../src/base/error-catalogue.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { markdownTable } from './markdown-table.ts';

const WHOSE: Readonly<Record<ErrorDomain, string>> = { user: 'job', external: 'surroundings', internal: 'Millrace' };

const AFTERWARDS: Readonly<Record<ErrorRecovery, string>> = {
  restart: 'restart',
  'fail-job': 'job fails',
  'fail-process': 'process ends',
};

const SECTIONS: readonly { readonly title: string; readonly exitCode: number }[] = [
  { title: 'Usage, configuration, parameters', exitCode: 2 },
  { title: 'Definition of the job', exitCode: 3 },
  { title: 'Running the job', exitCode: 1 },
  { title: 'Checkpoints and state', exitCode: 4 },
  { title: 'Another run is in the way', exitCode: 5 },
  { title: 'Bugs', exitCode: 70 },
];

export function errorsPage(): string {
  return `# Errors

Every error that Millrace reports has a code. This page is made from the catalogue in [src/base/error-catalogue.ts](../src/base/error-catalogue.ts) by \`npm run docs:reference\`.

On the command line an error looks like this: what failed, the line of your code that did it, where in the job, what caused it, what to do.

\`\`\`text
error USER_FUNCTION_FAILED: TypeError: order 42 has no price
    at PriceOf.processElement (job.ts:12:11)
  in     job 'prices', operator 'price-of', subtask 1, attempt 3
  hint   Look at the first frame of the stack: it is in the job
\`\`\`

In a program it is a \`MillraceError\` with \`code\`, \`domain\`, \`recovery\`, \`context\` (job, operator, subtask, attempt, checkpoint as far as known), \`cause\` and \`hint\`.

- **whose**: *job* means that the job or its configuration is wrong, *surroundings* a disk, an input or another process, *Millrace* a bug of ours.
- **then**: after *restart* the restart strategy decides; *job fails* at once where no restart would help; *process ends* where this process must not go on.
- **HTTP** is the status with which an interface over HTTP answers.

## Exit codes

${markdownTable(
  ['code', 'meaning'],
  EXIT_CODES.map(({ code, meaning }) => [code, meaning]),
)}

${SECTIONS.map(section).join('\n\n')}
`;
}

function section({ title, exitCode }: { readonly title: string; readonly exitCode: number }): string {
  const rows = Object.entries(ERROR_CATALOGUE)
    .filter(([, entry]) => entry.exitCode === exitCode)
    .map(([code, entry]) => errorRow(code, entry));
  return `## ${title}\n\nExit code ${exitCode}.\n\n${markdownTable(['code', 'meaning', 'what to do', 'whose', 'then', 'HTTP'], rows)}`;
}

function errorRow(code: string, entry: ErrorEntry): readonly string[] {
  const { meaning, whatToDo, domain, recovery, httpStatus } = entry;
  return [`\`${code}\``, meaning, whatToDo, WHOSE[domain], AFTERWARDS[recovery], String(httpStatus)];
}
