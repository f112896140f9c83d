import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { impureParts, layers } from '../../scripts/layers.ts';
import { layerTable, printedLayerTable } from '../../scripts/print-layers.ts';
import { PlantedTree, root } from './planted-tree.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the table of layers', () => {
  test('lets a folder import only folders above it', () => {
    const above = new Set<string>();
    for (const layer of layers) {
      expect
        .soft(
          layer.mayImport.filter((folder) => !above.has(folder)),
          layer.folder,
        )
        .toEqual([]);
      above.add(layer.folder);
    }
  });

  test('names every folder of src', () => {
    const known = new Set(layers.map((layer) => layer.folder));
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((entry) => entry.name).filter((name) => !known.has(name))).toEqual([]);
  });

  test('is the one that ARCHITECTURE.md prints (npm run docs:layers writes it)', () => {
    expect(printedLayerTable(read('ARCHITECTURE.md'))).toBe(layerTable());
  });

  test('has the pure folders that tsconfig.pure.json compiles', () => {
    const text = read('tsconfig.pure.json').replaceAll(/^\s*\/\/.*$/gm, '');
    const config = JSON.parse(text) as { include: string[]; exclude: string[] }; // a file of this repository
    expect(config.include).toEqual(layers.filter((layer) => layer.isPure).map((layer) => `src/${layer.folder}`));
    expect(config.exclude).toEqual(['src/**/*.test.ts', ...impureParts()]);
  });
});

describe('a tree that obeys the rules', () => {
  test('passes every check, so that the failures below come from what is planted', () => {
    using tree = new PlantedTree({});
    for (const result of [tree.checkLayers(), tree.lint(), tree.compilePure(), tree.compile()]) {
      expect(result).toMatchObject({ exitCode: 0 });
    }
  });
});

describe('the layer check', () => {
  test('fails on an import of a folder further down', () => {
    using tree = new PlantedTree({
      'src/base/planted.ts':
        "import { jobIdOf } from '../codec/codec.ts';\n\nexport const planted: unknown = jobIdOf;\n",
    });
    expectViolation(tree.checkLayers(), 'layer-base: src/base/planted.ts → src/codec/codec.ts');
  });

  test('fails on a type import of a folder further down', () => {
    using tree = new PlantedTree({
      'src/codec/wire.ts': 'export interface Wire {\n  readonly sizeBytes: number;\n}\n',
      'src/graph/planted.ts': "import type { Wire } from '../codec/wire.ts';\n\nexport type Planted = Wire;\n",
    });
    expectViolation(tree.checkLayers(), 'layer-graph: src/graph/planted.ts → src/codec/wire.ts');
  });

  test('fails on a cycle that only type imports close', () => {
    using tree = new PlantedTree({
      'src/base/hen.ts': "import type { Egg } from './egg.ts';\n\nexport interface Hen {\n  readonly laid: Egg[];\n}\n",
      'src/base/egg.ts': "import type { Hen } from './hen.ts';\n\nexport interface Egg {\n  readonly from: Hen;\n}\n",
    });
    expectViolation(tree.checkLayers(), 'no-cycle: src/base/egg.ts');
  });

  test('fails on a Node module in a pure folder', () => {
    using tree = new PlantedTree({
      'src/codec/planted.ts':
        "import { readFileSync } from 'node:fs';\n\nexport const planted: unknown = readFileSync;\n",
    });
    expectViolation(tree.checkLayers(), 'pure-codec: src/codec/planted.ts → fs');
  });

  test('fails on a package that the table does not allow', () => {
    using tree = new PlantedTree({
      'src/codec/planted.ts': "import { parse } from 'yaml';\n\nexport const planted: unknown = parse;\n",
    });
    expectViolation(tree.checkLayers(), 'packages-codec: src/codec/planted.ts');
  });

  test('fails on a test that reaches below its folder', () => {
    using tree = new PlantedTree({
      'src/base/planted.test.ts':
        "import { jobIdOf } from '../codec/codec.ts';\n\nexport const planted: unknown = jobIdOf;\n",
    });
    expectViolation(tree.checkLayers(), 'layer-base-tests: src/base/planted.test.ts → src/codec/codec.ts');
  });

  test('fails on a folder that the table does not know', () => {
    using tree = new PlantedTree({
      'src/cluster/planted.ts': 'export const planted = 1;\n',
      'src/index.ts': "import { planted } from './cluster/planted.ts';\n\nexport const other: unknown = planted;\n",
    });
    expectViolation(tree.checkLayers(), 'unknown-folder: src/index.ts → src/cluster/planted.ts');
  });
});

const impurities: [what: string, expression: string, message: string][] = [
  ['the clock', 'Date.now()', "'Date.now' is restricted"],
  ['the clock, by a date without arguments', 'new Date()', 'reads the clock'],
  ['randomness', 'Math.random()', "'Math.random' is restricted"],
  ['a timer', 'setTimeout(() => {}, 1)', "Unexpected use of 'setTimeout'"],
  ['an immediate', 'setImmediate(() => {})', "Unexpected use of 'setImmediate'"],
  ['a microtask', 'queueMicrotask(() => {})', "Unexpected use of 'queueMicrotask'"],
  ['a monotonic clock', 'performance.now()', "Unexpected use of 'performance'"],
  ['the process', 'process.pid', "Unexpected use of 'process'"],
  ['a Buffer', 'Buffer.alloc(1)', "Unexpected use of 'Buffer'"],
];

const switchWithoutB = `export function planted(kind: 'a' | 'b'): void {
  switch (kind) {
    case 'a':
      return;
  }
}`;
const valueImportOfType = "import { JobId } from '../base/ids.ts';\n\nexport type Planted = JobId;";

describe('the linter', () => {
  test.each(impurities)('fails on %s in a pure folder', (_, expression, message) => {
    using tree = new PlantedTree({ 'src/codec/planted.ts': `export const planted: unknown = ${expression};\n` });
    expectViolation(tree.lint(), message);
  });

  test('lets other folders have all of these, and the exempt parts of pure ones', () => {
    const planted = impurities
      .map(([, expression], index) => `export const planted${index}: unknown = ${expression};\n`)
      .join('');
    using tree = new PlantedTree({ 'src/host/planted.ts': planted, 'src/checkpoint/storage/planted.ts': planted });
    expect(tree.lint()).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['a promise nobody waits for', 'async function wait(): Promise<void> {}\nwait();', 'no-floating-promises'],
    ['a switch that leaves a case out', switchWithoutB, 'switch-exhaustiveness-check'],
    ['any', 'export const planted: any = 1;', 'no-explicit-any'],
    ['a non-null assertion', 'export const planted = (a?: string): string => a!;', 'no-non-null-assertion'],
    ['a star export', "export * from '../base/ids.ts';", "'export *' is banned"],
    ['an import of types that looks like one of values', valueImportOfType, 'consistent-type-imports'],
    ['the console', "console.log('planted');", 'no-console'],
    ['a note to do something later', '// TO' + 'DO: later\nexport const planted = 1;', 'no-warning-comments'],
    [
      'a function of 71 lines',
      `export function planted(): void {\n${'  void 0;\n'.repeat(69)}}`,
      'max-lines-per-function',
    ],
    ['a file of 401 lines', 'export {};\n' + 'void 0;\n'.repeat(400), 'max-lines'],
  ])('fails on %s', (_, text, rule) => {
    using tree = new PlantedTree({ 'src/host/planted.ts': `${text}\n` });
    expectViolation(tree.lint(), rule);
  });
});

describe('the compilation of the pure folders', () => {
  test.each([
    ['a type of Node', 'export type Planted = NodeJS.Timeout;\n', "Cannot find namespace 'NodeJS'"],
    ['a timer', 'export const planted = (): unknown => setTimeout(() => {}, 1);\n', "Cannot find name 'setTimeout'"],
    [
      'a timer reached through globalThis',
      'export const planted: unknown = globalThis.setTimeout;\n',
      "type 'typeof globalThis' has no index signature",
    ],
    ['a Node module', "export { readFileSync } from 'node:fs';\n", 'Cannot find'],
  ])('fails on %s, which compiles elsewhere', (_, planted, message) => {
    using tree = new PlantedTree({ 'src/codec/planted.ts': planted });
    expectViolation(tree.compilePure(), message);
    expect(tree.compile()).toMatchObject({ exitCode: 0 });
  });
});

function expectViolation(result: { exitCode: number | null; output: string }, message: string): void {
  expect(result.output).toContain(message);
  expect(result.exitCode).not.toBe(0);
}
