/**
 * The package as a user has it: built, in the node_modules of a project of its own, which holds the benchmarks as its job modules.
 * The checkout stays as it is.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface InstalledPackage {
  /** Of the project. */
  readonly folder: string;
  /** Arguments of Node that are the command `millrace`. */
  readonly command: readonly string[];
  /** @param path below bench/ */
  jobModule(path: string): string;
  remove(): void;
}

const PARTS_OF_BENCH = ['checkpoint', 'coldstart', 'figures', 'nexmark', 'paced', 'parts', 'recovery'];

/**
 * @param root a checkout with its dependencies
 * @throws Error when it does not compile
 */
export function installPackage(root: string): InstalledPackage {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-installed-'));
  const packages = join(folder, 'node_modules');
  const millrace = join(packages, 'millrace');
  mkdirSync(millrace, { recursive: true });
  build(root, join(millrace, 'dist'));
  cpSync(join(root, 'package.json'), join(millrace, 'package.json'));
  cpSync(join(root, 'bin'), join(millrace, 'bin'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(packages, name));
  }
  for (const part of PARTS_OF_BENCH) {
    cpSync(join(root, 'bench', part), join(folder, 'bench', part), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'bench', private: true, type: 'module' }));
  return {
    folder,
    command: [join(millrace, 'bin/millrace.mjs')],
    jobModule: (path) => join(folder, 'bench', path),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function build(root: string, target: string): void {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const command = [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', target];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Building the package failed: ${stdout}`);
}
