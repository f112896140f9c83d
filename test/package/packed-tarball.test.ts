// What users get: the tarball of `npm pack`, installed into an empty project that has nothing else of this repository.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'millrace-package-'));
const checkout = join(directory, 'checkout');
const project = join(directory, 'project');
const installed = join(project, 'node_modules/millrace');

const checkoutFiles = ['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md', 'bin', 'src', 'scripts/build.ts'];
const compilerConfiguration = ['tsconfig.json', 'tsconfig.build.json'];

beforeAll(() => {
  for (const name of [...checkoutFiles, ...compilerConfiguration]) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(checkout, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  mkdirSync(project);
  // npm pack builds first (the script `prepack`), as a release would.
  run('npm', ['pack', '--silent', '--pack-destination', directory], checkout);
  const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz')) ?? 'missing';
  write('package.json', JSON.stringify({ name: 'empty-project', private: true, type: 'module' }));
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', join(directory, tarball)], project);
}, 180_000);

afterAll(() => rmSync(directory, { recursive: true }));

/** Runs a command that has to succeed and returns what it printed. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: outsideOfTheRepository() });
  if (status !== 0) throw new Error(`'${command} ${args.join(' ')}' ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** This test inherits the repository's `source` condition, which users do not have. */
function outsideOfTheRepository(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return env;
}

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

describe('the package', () => {
  test('holds what runs and no tests', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !name.startsWith('node_modules'),
    );
    expect(files).toEqual(
      expect.arrayContaining(['bin/millrace.mjs', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts', 'LICENSE']),
    );
    expect(files.filter((name) => /\.test\.|^(test|scripts|docs|examples|bench)\b/.test(name))).toEqual([]);
  });

  test('exports entries that all exist, under Node and for the compiler', () => {
    write(
      'entries.mjs',
      `import manifest from 'millrace/package.json' with { type: 'json' };
       for (const entry of Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'))) {
         const names = Object.keys(await import('millrace' + entry.slice(1)));
         if (names.length === 0) throw new Error(entry + ' exports nothing');
         console.log(entry);
       }`,
    );
    run('npm', ['install', '--silent', '--no-audit', '--no-fund', 'hyparquet@1.31.5'], project);
    expect(run(process.execPath, ['entries.mjs'], project).trim().split('\n')).toEqual([
      '.',
      './connectors',
      './connectors/files',
      './connectors/parquet',
      './testing',
    ]);
  });

  test('has types that resolve without the types of Node', () => {
    write(
      'typed.ts',
      `import { job } from 'millrace';\n\nexport const define: typeof job = job;\nexport const wrong: string = job;\n`,
    );
    write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2024',
          lib: ['es2025', 'dom'],
          types: [],
          strict: true,
          noEmit: true,
        },
      }),
    );
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', '.'], { cwd: project, encoding: 'utf8' });
    // Exactly the planted mistake: had the import not resolved, its message would stand here instead.
    expect(stdout.trim()).toMatch(/^typed\.ts\(4,\d+\): error TS2322: .* is not assignable to type 'string'\.$/);
  });
});

describe('the command of the package', () => {
  test('runs a job of the project to its end, on threads', () => {
    write(
      'doubles.ts',
      `import { DataGenerator, job, WatermarkStrategy } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

export default job('doubles', (env) => {
  env.enableCheckpointing('100 ms');
  env
    .fromSource(DataGenerator.of((n) => n, { count: 100 }), WatermarkStrategy.noWatermarks(), 'numbers')
    .keyBy((n) => n % 7)
    .reduce((a, b) => a + b)
    .sinkTo(FileSink.jsonLines<number>('out'));
});
`,
    );
    run('node_modules/.bin/millrace', ['run', 'doubles.ts', '--parallelism', '2'], project);
    const lines = readdirSync(join(project, 'out'))
      .filter((name) => !name.startsWith('.'))
      .flatMap((name) =>
        readFileSync(join(project, 'out', name), 'utf8')
          .trim()
          .split('\n'),
      );
    expect(lines).toHaveLength(100);
  });
});

describe('the command on an old Node', () => {
  const message =
    /^error PLATFORM_UNSUPPORTED: millrace needs Node\.js 24 or newer, and this is Node\.js (\d+)\..*\n.*npm install --save-dev node@24\n$/;
  const bin = join(installed, 'bin/millrace.mjs');

  test('says which version it needs and what to do', () => {
    const pretend = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.19.0' } })`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', pretend, bin, 'run', 'job.ts'], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  const oldNode = findOldNode();
  test.skipIf(oldNode === undefined)('says so on a real one too, instead of dying on an import', () => {
    const { status, stdout, stderr } = spawnSync(oldNode ?? '', [bin, 'run', 'job.ts'], { encoding: 'utf8' });
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

/** A Node below 24 on the PATH: the machine's own, where the repository's is newer. */
function findOldNode(): string | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return candidates.find((path) => {
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return Number(/^v(\d+)/.exec(stdout ?? '')?.[1] ?? Infinity) < 24;
  });
}
