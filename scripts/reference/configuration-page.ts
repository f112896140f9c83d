import type { Option } from '../../src/config/option.ts';
import { markdownTable } from './markdown-table.ts';
import { OPTION_GROUPS } from './option-groups.ts';

export function configurationPage(): string {
  return `# Configuration

Keys, defaults and meanings are Apache Flink's; where an option is ours, or differs, its text says so. This page is made from the table in [src/config/options.ts](../src/config/options.ts) by \`npm run docs:reference\`.

## Where options are set

The strongest first:

1. \`-D key=value\` on the [command line](cli.md), or \`configuration\` of \`run()\`
2. the job: \`env.enableCheckpointing(...)\`, \`env.configure(key, value)\`
3. \`config.yaml\` in the folder named by \`--conf\`, else in \`./conf\` if it is there; nested or with dotted keys. [conf/config.yaml](../conf/config.yaml) has every option in comments
4. the default

Everything is checked together before a job starts: one error (\`CONFIG_INVALID\`) lists each unknown key with the nearest known one and each value that is not allowed, with its place.

## How values are written

- **duration**: \`500 ms\`, \`10 s\`, \`5 min\`, \`1 h\`, \`1 d\`; a plain number is ms
- **memory size**: \`512 mb\`, \`4 gb\`, powers of 1024; a plain number is bytes
- **enum**: without regard to case, with \`-\` and \`_\` alike

${OPTION_GROUPS.map(({ title, options }) => section(title, options)).join('\n\n')}
`;
}

function section(title: string, options: readonly Option<unknown>[]): string {
  return `## ${title}\n\n${markdownTable(['key', 'type', 'default', 'meaning', 'allowed'], options.map(optionRow))}`;
}

function optionRow({ key, aliases, type, defaultText, doc, allowed }: Option<unknown>): readonly string[] {
  const former = aliases.length === 0 ? '' : `, formerly ${aliases.map((alias) => `\`${alias}\``).join(', ')}`;
  return [`\`${key}\`${former}`, type, defaultText, doc, allowed];
}
