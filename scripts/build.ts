// Builds dist/ from src/: one JavaScript file and one declaration file per source file.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

// Left-overs of deleted or renamed files would be packed with the rest.
rmSync(dist, { recursive: true, force: true });

const compiler = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

// The compiler rewrites './x.ts' in imports but not in `new URL('./x.ts', import.meta.url)`, the address of a worker thread:
// that would only fail when the thread is started from the package. Such an address has to follow its own file's extension.
const fixedAddress = /new URL\(\s*['"`][^'"`]*\.ts['"`]/;
for (const file of status === 0 ? readdirSync(dist, { recursive: true, encoding: 'utf8' }) : []) {
  if (!file.endsWith('.js') || !fixedAddress.test(readFileSync(join(dist, file), 'utf8'))) continue;
  console.error(`dist/${file}: names a .ts file in new URL(...), which does not exist in dist/`);
  process.exitCode = 1;
}
