/**
 * Names in code style that users could type exist: error codes, configuration keys, flags of the command line, and names of the
 * public API. A name of the API counts as known when something that the package exports has it, as an export or as a member.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../src/base/error-catalogue.ts';
import { SUBTASK_METRICS } from '../../src/base/metrics.ts';
import { createProgram } from '../../src/cli/program.ts';
import { ALL_OPTIONS } from '../../src/config/options.ts';
import { proseOf, repository, userPages } from '../support/documentation.ts';

interface Name {
  readonly place: string;
  readonly text: string;
}

/** Written by hand, for users: other pages are made from tables, or name what is inside. */
const PAGES = userPages().filter(
  (page) => !/\/(cli|configuration|errors|checkpoint-format|performance|simulation)\.md$/.test(page),
);

const names = PAGES.flatMap((page) =>
  proseOf(page)
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/`([^`]+)`/g)].map(([, text = '']): Name => ({ place: `${page}:${index + 1}`, text })),
    ),
);

function unknown(pattern: RegExp, isKnown: (name: string) => boolean): readonly string[] {
  return names.flatMap(({ place, text }) =>
    [...text.matchAll(pattern)]
      .map(([, name = '']) => name)
      .filter((name) => !isKnown(name))
      .map((name) => `${place}: ${name}`),
  );
}

/** Read before the tests, which may take no longer than tests do. */
const known: ReadonlySet<string> = new Set([...publicNames(), ...SUBTASK_METRICS]);

function publicNames(): ReadonlySet<string> {
  const entries = [
    'src/index.ts',
    'src/connectors/index.ts',
    'src/connectors/files/index.ts',
    'src/connectors/parquet/index.ts',
    'src/testing/index.ts',
  ];
  const program = ts.createProgram({
    rootNames: entries.map((entry) => join(repository, entry)),
    options: {
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      types: [],
    },
  });
  const checker = program.getTypeChecker();
  const found = new Set<string>();
  const addMembers = (type: ts.Type): void => {
    for (const member of type.getProperties()) found.add(member.name);
  };
  for (const entry of entries) {
    const file = program.getSourceFile(join(repository, entry));
    const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
    for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
      found.add(exported.name);
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) {
        addMembers(checker.getDeclaredTypeOfSymbol(symbol));
      }
      if (symbol.valueDeclaration === undefined) continue;
      const type = checker.getTypeOfSymbol(symbol);
      addMembers(type);
      // Options of functions and of static makers.
      const makers = [type, ...type.getProperties().map((property) => checker.getTypeOfSymbol(property))];
      const signatures = makers.flatMap((maker) => maker.getCallSignatures());
      for (const signature of signatures) {
        for (const parameter of signature.parameters)
          addMembers(checker.getNonNullableType(checker.getTypeOfSymbol(parameter)));
      }
    }
  }
  return found;
}

describe('names in the documents', () => {
  it('that look like error codes are in the catalogue', () => {
    const others = new Set([
      'EXACTLY_ONCE',
      'AT_LEAST_ONCE',
      'NO_EXTERNALIZED_CHECKPOINTS',
      'DELETE_ON_CANCELLATION',
      'RETAIN_ON_CANCELLATION',
    ]);
    expect(unknown(/^([A-Z]+_[A-Z_]+)$/g, (name) => name in ERROR_CATALOGUE || others.has(name))).toEqual([]);
  });

  it('that look like configuration keys are options', () => {
    const keys = new Set(ALL_OPTIONS.flatMap(({ key, aliases }) => [key, ...aliases]));
    const roots = new Set([...keys].map((key) => key.split('.')[0]));
    const looksLikeKey = /(?:^|-D )([a-z][a-z-]*(?:\.[\w-]+)+)/g;
    const isKnown = (name: string): boolean =>
      keys.has(name) || !roots.has(name.split('.')[0]) || /\.(ts|md)$/.test(name);
    expect(unknown(looksLikeKey, isKnown)).toEqual([]);
  });

  it('that look like flags are flags of the command line', () => {
    const program = createProgram({ version: '', args: [], jobArguments: [], onRun: () => Promise.resolve() });
    const flags = new Set([program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long)));
    // Of Node, and of jobs that are shown.
    const others = new Set(['--conditions', '--name', '--verbose']);
    expect(unknown(/(?:^|\s)(--[a-z][a-z-]+)/g, (name) => flags.has(name) || others.has(name))).toEqual([]);
  });

  it('that look like names of the API are exported, or members of what is', () => {
    // `f(x)` and `a.b(x)`, and names of classes and functions as they are: two humps at least.
    const looksLikeName = /^(?:\w+\.)*([a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|\w+(?=\())/g;
    expect(unknown(looksLikeName, (name) => known.has(name) || OTHER_NAMES.has(name))).toEqual([]);
  });
});

/** Of the language, of Flink, and a field that only the user's class has. */
const OTHER_NAMES: ReadonlySet<string> = new Set(['NaN', 'readFile', 'windowState']);
