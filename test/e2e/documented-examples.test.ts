/**
 * What README.md and docs/*.md show happens. Each page gets a folder with the files that its blocks name; then, in the order of
 * the page:
 *
 *   a script (TypeScript with a file name that exports no job) runs, and prints the next block, or the one that is marked as its
 *   output
 *   each line '$ ...' of a block ```console runs, and prints the lines up to the next one; a line '...' stands for any lines, and
 *   '...' within a line for any text; a block that is marked so is killed, or interrupted, as soon as there are results
 *
 * Commands run in bash, with the repository's Node and its `millrace` in place of npx. Blocks ```sh are not run.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks, repository, userPages } from '../support/documentation.ts';
import type { CodeBlock } from '../support/documentation.ts';

/** Under .millrace of the repository, so that 'millrace' resolves to it. */
function folderOf(page: string): string {
  return join(repository, '.millrace/documented', page.replaceAll(/[/.]/g, '-'));
}

function makeFolder(page: string): string {
  const folder = folderOf(page);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(repository, 'LICENSE'), join(folder, 'LICENSE'));
  for (const { fileName, text } of codeBlocks(page)) {
    if (fileName === undefined) continue;
    mkdirSync(dirname(join(folder, fileName)), { recursive: true });
    writeFileSync(join(folder, fileName), text);
  }
  return folder;
}

/** A command's shell becomes the command itself, so that a signal reaches it. */
const SHELL = `
npx() {
  local name="$1"
  shift
  case "$name" in
    millrace) node --conditions=source '${repository}/bin/millrace.mjs' "$@" ;;
    node) node "$@" ;;
    *) echo "npx $name is not known here" >&2; return 127 ;;
  esac
}
`;

interface Ended {
  readonly output: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

async function run({ command, ending }: Step, folder: string): Promise<Ended> {
  const shell = ending === undefined ? SHELL : SHELL.replace(') node', ') exec node');
  const results = ending === undefined ? undefined : newFile(folder, ending.folder);
  const child = spawn('bash', ['-c', `${shell}${command}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 50_000,
    env: {
      ...process.env,
      PATH: `${join(repository, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
      NODE_OPTIONS: '--conditions=source',
      NO_COLOR: '1',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ output, code, signal })),
  );
  if (ending !== undefined) {
    await Promise.race([results, ended]);
    child.kill(ending.signal);
  }
  return ended;
}

/** Settles when the folder below `root` has a file that was not there before and whose name is not hidden. */
async function newFile(root: string, folder: string): Promise<void> {
  const names = (): readonly string[] => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []);
  const before = new Set(names());
  for await (const _ of watch(root, { recursive: true })) {
    if (names().some((name) => !name.startsWith('.') && !before.has(name))) return;
  }
}

/** A command that shows one may fail. */
const ERROR_CODE = /\b[A-Z]+_[A-Z_]+\b/;

interface Step {
  readonly line: number;
  readonly command: string;
  readonly expected: readonly string[];
  readonly ending: CodeBlock['ending'];
}

function stepsOf(page: string): readonly Step[] {
  const blocks = codeBlocks(page);
  return blocks.flatMap((block, index) => {
    if (block.language === 'console') return consoleSteps(block);
    if (!isScript(block)) return [];
    const output = blocks.find(({ outputOf }) => outputOf === block.fileName) ?? blocks[index + 1];
    if (output?.language !== 'text')
      throw new Error(`${page}:${block.line}: what the script prints does not follow it`);
    return [{ line: block.line, command: `node ${block.fileName}`, expected: linesOf(output.text), ending: undefined }];
  });
}

function isScript({ language, fileName, text }: CodeBlock): boolean {
  return language === 'ts' && fileName !== undefined && !/^export /m.test(text);
}

function consoleSteps({ line, text, ending }: CodeBlock): readonly Step[] {
  const steps: (Step & { readonly expected: string[] })[] = [];
  for (const [index, content] of linesOf(text).entries()) {
    if (content.startsWith('$ '))
      steps.push({ line: line + 1 + index, command: content.slice(2), expected: [], ending });
    else steps.at(-1)?.expected.push(content);
  }
  return steps;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** The expected lines as a pattern over the whole output. */
function patternOf(expected: readonly string[]): RegExp {
  const lines = expected.map((line) => (line === '...' ? '(?:.*\\n)*?' : `${inside(line)}\\n`));
  return new RegExp(`^${lines.join('')}$`);
}

function inside(line: string): string {
  return line
    .split('...')
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('.*');
}

describe('what the documents show', () => {
  it.each(userPages().filter((page) => stepsOf(page).length > 0))('happens in %s', async (page) => {
    const folder = makeFolder(page);
    for (const step of stepsOf(page)) {
      const { line, command, expected, ending } = step;
      const { output, code, signal } = await run(step, folder);
      const place = `${page}:${line}: ${command}`;
      const shown = output === '' || output.endsWith('\n') ? output : `${output}\n`;
      const mayFail = expected.some((text) => ERROR_CODE.test(text)) || ending?.signal === 'SIGINT';
      if (ending?.signal === 'SIGKILL') expect(signal, `${place}\n${output}`).toBe('SIGKILL');
      else if (!patternOf(expected).test(shown)) expect(shown, place).toBe(expected.join('\n'));
      else if (!mayFail) expect(code, `${place}\n${output}`).toBe(0);
    }
    rmSync(folder, { recursive: true });
  });

  it('has every job of a page started by a command or script of the page', () => {
    const forgotten = userPages().flatMap((page) => {
      const blocks = codeBlocks(page);
      const shown = blocks.filter((block) => block.language === 'console' || isScript(block)).map(({ text }) => text);
      return blocks
        .filter(({ fileName, text }) => fileName !== undefined && /^export default job\(/m.test(text))
        .filter(({ fileName = '' }) => !shown.some((text) => text.includes(fileName)))
        .map(({ line }) => `${page}:${line}`);
    });
    expect(forgotten).toEqual([]);
  });
});
