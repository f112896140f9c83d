/**
 * The documents of the repository as tests see them: pages, and the blocks of code in them.
 *
 * A block of TypeScript is one of three things. With a comment that names a file on its first line it is that file, complete, and
 * other blocks of the page may import it. With imports and without a name it is a module of its own. All else is a fragment: it
 * stands under the page's preamble, a hidden comment that imports and declares what fragments of the page use:
 *
 *     <!-- preamble
 *     import type { DataStream } from 'millrace';
 *     declare const orders: DataStream<Order>;
 *     -->
 *
 * A hidden comment right before a block says what the block is: `<!-- file orders.jsonl -->` the content of that file,
 * `<!-- output of words.ts -->` what that script prints, `<!-- killed once counts has a new file -->` (or `interrupted`) a command that
 * does not come to its end.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface CodeBlock {
  /** Of the page, relative to the repository. */
  readonly page: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** Ends with a line end. */
  readonly text: string;
  /** Said by a hidden comment right before the block, or by the first line of TypeScript. */
  readonly fileName: string | undefined;
  /** The script whose output the block is, said by a hidden comment. */
  readonly outputOf: string | undefined;
  /** How the block's command is ended, as soon as the folder has a new file whose name is not hidden. */
  readonly ending: { readonly signal: NodeJS.Signals; readonly folder: string } | undefined;
}

/** What users read: README.md and the pages of docs/, records of decisions left out. */
export function userPages(): readonly string[] {
  const pages = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...pages.map((name) => `docs/${name}`)];
}

/** Every page, with those for contributors. */
export function allPages(): readonly string[] {
  const decisions = readdirSync(join(repository, 'docs/decisions')).map((name) => `docs/decisions/${name}`);
  return [...userPages(), 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...decisions];
}

export function readPage(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

export function codeBlocks(page: string): readonly CodeBlock[] {
  const fenced = /(?:^<!-- (file|output of|killed once|interrupted once) (\S+).* -->\n+)?^```(\w*)\n((?:.*\n)*?)```$/gm;
  const content = readPage(page);
  return [...content.matchAll(fenced)].map(
    ({ index, 0: all, 1: role, 2: name = '', 3: language = '', 4: text = '' }) => {
      const line = content.slice(0, index + all.indexOf('```')).split('\n').length;
      const inText = language === 'ts' ? /^\/\/ ([\w./-]+\.ts)\n/.exec(text)?.[1] : undefined;
      return {
        page,
        line,
        language,
        text,
        fileName: role === 'file' ? name : inText,
        outputOf: role === 'output of' ? name : undefined,
        ending: endingOf(role, name),
      };
    },
  );
}

function endingOf(role: string | undefined, folder: string): CodeBlock['ending'] {
  if (role === 'killed once') return { signal: 'SIGKILL', folder };
  return role === 'interrupted once' ? { signal: 'SIGINT', folder } : undefined;
}

export function preambleOf(page: string): string {
  return /<!-- preamble\n(.*?)-->/s.exec(readPage(page))?.[1] ?? '';
}

/** The page without code blocks and hidden comments: what is prose and tables. Lines stay where they are. */
export function proseOf(page: string): string {
  const blank = (text: string): string => text.replaceAll(/[^\n]/g, '');
  return readPage(page)
    .replaceAll(/^```\w*\n.*?^```$/gms, blank)
    .replaceAll(/<!--.*?-->/gs, blank);
}
