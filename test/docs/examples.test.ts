/**
 * Every block of TypeScript in README.md and docs/*.md compiles against the public entries of the package, as strictly as the
 * repository itself. What the blocks do when they run is shown by test/e2e/documented-examples.test.ts.
 *
 * The blocks become files that exist only in memory, in a folder of the repository, so that 'millrace' resolves to its sources.
 */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { codeBlocks, preambleOf, repository, userPages } from '../support/documentation.ts';
import type { CodeBlock } from '../support/documentation.ts';

interface DocumentedFile {
  readonly block: CodeBlock;
  readonly path: string;
  readonly text: string;
  /** Lines in front of the block's own. */
  readonly linesBefore: number;
}

const blocks = userPages().flatMap((page) => codeBlocks(page).filter(({ language }) => language === 'ts'));
const files = new Map(blocks.map((block) => [pathOf(block), documentedFile(block)]));

function pathOf(block: CodeBlock): string {
  const folder = join(repository, 'test/docs/documented', block.page.replaceAll(/[/.]/g, '-'));
  return join(folder, block.fileName ?? `line-${block.line}.ts`);
}

function documentedFile(block: CodeBlock): DocumentedFile {
  const isModule = block.fileName !== undefined || /^import /m.test(block.text);
  const preamble = isModule ? '' : preambleOf(block.page);
  return {
    block,
    path: pathOf(block),
    text: `${preamble}${block.text}export {};\n`,
    linesBefore: preamble.split('\n').length - 1,
  };
}

function compilerOptions(): ts.CompilerOptions {
  const path = join(repository, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as { config: unknown }; // any in its typings
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, repository);
  // A job is no library: its exports need no annotations.
  return { ...options, isolatedDeclarations: false, declaration: false };
}

function compile(): ts.Program {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  const { sys } = ts;
  host.fileExists = (path) => files.has(path) || sys.fileExists(path);
  host.readFile = (path) => files.get(path)?.text ?? sys.readFile(path);
  host.directoryExists = (path) => folders.has(path) || sys.directoryExists(path);
  host.getSourceFile = (path, languageVersion) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, languageVersion);
  };
  return ts.createProgram({ rootNames: [...files.keys()], options, host });
}

const program = compile();

/** 'docs/x.md:12: message' for each error in the page's blocks. */
function errorsIn(page: string): readonly string[] {
  return [...files.values()]
    .filter(({ block }) => block.page === page)
    .flatMap(({ block, path, linesBefore }) =>
      ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map(({ start = 0, messageText, file }) => {
        const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
        const text = ts.flattenDiagnosticMessageText(messageText, '\n  ');
        return `${page}:${block.line + 1 + line - linesBefore}: ${text}`;
      }),
    );
}

describe('TypeScript in the documents', () => {
  it.each([...new Set(blocks.map(({ page }) => page))])('compiles in %s', (page) => {
    expect(errorsIn(page)).toEqual([]);
  });

  it('has no file twice on a page', () => {
    expect(blocks.length).toBe(files.size);
  });
});
