import type { Option } from '../../src/config/option.ts';
import { OPTION_GROUPS } from './option-groups.ts';

/** For options whose default is no value that one could write. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'parallelism.default': '4',
  'taskmanager.numberOfTaskSlots': '4',
  'pipeline.max-parallelism': '128',
  'execution.checkpointing.interval': '10 s',
  'execution.checkpointing.storage': 'filesystem',
  'restart-strategy.type': 'exponential-delay',
  'taskmanager.memory.process.size': '4 gb',
};

/** conf/config.yaml with every option in a comment; uncommented it is valid. */
export function sampleConfiguration(): string {
  const groups = OPTION_GROUPS.map(({ title, options }) =>
    [`# --- ${title}`, ...options.map(optionLines)].join('\n\n'),
  );
  return `# Configuration of Millrace, read from ./conf or the folder named by --conf. Remove the '# ' before a key to set it.
# -D key=value on the command line and settings of the job come before this file. All of it: docs/configuration.md

${groups.join('\n\n')}
`;
}

function optionLines(option: Option<unknown>): string {
  const { key, doc, defaultText, allowed } = option;
  return [
    ...wrapped(doc),
    ...wrapped(`Default: ${defaultText}. Allowed: ${allowed}.`),
    `# ${key}: ${example(option)}`,
  ].join('\n');
}

function example({ key, defaultText, parse }: Option<unknown>): string {
  const text = parse(defaultText) === undefined ? EXAMPLES[key] : defaultText;
  if (text === undefined) throw new Error(`Printing the sample failed: '${key}' has neither a default nor an example`);
  return text;
}

/** Comment lines of at most 120 columns. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '##';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > 120) {
      lines.push(line);
      line = '##';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
