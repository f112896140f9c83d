import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Root of the repository. */
export const root: string = join(import.meta.dirname, '../..');

const configuration = [
  'package.json',
  'tsconfig.json',
  'tsconfig.pure.json',
  'oxlint.config.ts',
  '.dependency-cruiser.mjs',
  'scripts/layers.ts',
  'scripts/lint-rules.mjs',
  'scripts/pure-globals.d.ts',
];

/** Source of a tiny engine that obeys every rule, so that a failing check can only come from what a test plants in it. */
const cleanSource: Readonly<Record<string, string>> = {
  'src/base/ids.ts': 'export type JobId = string;\n',
  'src/base/names.ts':
    "import type { JobId } from './ids.ts';\n\nexport interface Names {\n  readonly jobId: JobId;\n}\n",
  'src/codec/codec.ts':
    "import type { Names } from '../base/names.ts';\n\nexport function jobIdOf(names: Names): string {\n  return names.jobId;\n}\n",
};

interface ToolResult {
  readonly exitCode: number | null;
  readonly output: string;
}

/** A throw-away copy of the repository's configuration over a tiny source tree. */
export class PlantedTree {
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'millrace-house-'));

  constructor(planted: Readonly<Record<string, string>>) {
    for (const name of configuration) {
      mkdirSync(dirname(join(this.#directory, name)), { recursive: true });
      cpSync(join(root, name), join(this.#directory, name));
    }
    symlinkSync(join(root, 'node_modules'), join(this.#directory, 'node_modules'));
    for (const [path, text] of Object.entries({ ...cleanSource, ...planted })) {
      mkdirSync(dirname(join(this.#directory, path)), { recursive: true });
      writeFileSync(join(this.#directory, path), text);
    }
  }

  checkLayers(): ToolResult {
    return this.#run('dependency-cruiser/bin/dependency-cruiser.mjs', '--config', '.dependency-cruiser.mjs', 'src');
  }

  lint(): ToolResult {
    return this.#run('oxlint/bin/oxlint', 'src');
  }

  compilePure(): ToolResult {
    return this.#run('typescript/bin/tsc', '-p', 'tsconfig.pure.json');
  }

  compile(): ToolResult {
    return this.#run('typescript/bin/tsc', '-p', 'tsconfig.json');
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }

  #run(tool: string, ...args: string[]): ToolResult {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
      cwd: this.#directory,
      encoding: 'utf8',
    });
    return { exitCode: status, output: stdout + stderr };
  }
}
