// First step of `npm start`, `npm test` and `npm run check`: makes sure that what package-lock.json names is installed, so that
// each of them works as the only command typed on a fresh clone. Runs on the machine's own Node (20 or newer) and needs no
// package; the step after it runs on the Node 24 that is itself one of the installed packages.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pinnedNode = `${root}node_modules/.bin/node`;

/** Packages that the lock file wants and node_modules lacks. Optional ones are left out: most are for other platforms. */
function missingPackages() {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
  return Object.entries(lock.packages)
    .filter(([path, wanted]) => path !== '' && !wanted.optional && installedVersion(path) !== wanted.version)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

function installedVersion(path) {
  try {
    return JSON.parse(readFileSync(`${root}${path}/package.json`, 'utf8')).version;
  } catch {
    return undefined;
  }
}

/** The `node` package is only a shell: its install script fetches the binary. */
function pinnedNodeRuns() {
  return existsSync(pinnedNode) && spawnSync(pinnedNode, ['--version']).status === 0;
}

/** Resolves with npm's exit code. */
function install() {
  // The npm that runs this script, if it is one and not another package manager.
  const npm = process.env.npm_execpath;
  const [command, ...prefix] = npm?.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm'];
  const child = spawn(
    command,
    [...prefix, 'ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts=false'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: withoutParentSettings(process.env),
    },
  );
  // npm passes a signal to the shell above this process and not to this one. When the shell is gone, so is the reason to install.
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 200);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearInterval(watch);
      resolve(code ?? 1);
    });
  });
}

/** An `npm test --omit=dev` or a NODE_ENV of production must not reach the install: the tools are dev dependencies. */
function withoutParentSettings(env) {
  const dropped = ['npm_config_omit', 'npm_config_production', 'npm_config_dry_run', 'NODE_ENV'];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.includes(name)));
}

async function bootstrap() {
  const missing = missingPackages();
  if (missing.length === 0 && pinnedNodeRuns()) return 0;
  const some = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ' and more' : '');
  process.stderr.write(`Installing dependencies (${some || 'node'}) ...\n`);
  const code = await install();
  if (code !== 0) {
    process.stderr.write(`Installing failed: 'npm ci' ended with ${code}. Its messages stand above\n`);
    return code;
  }
  if (pinnedNodeRuns()) return 0;
  process.stderr.write(
    `Installing failed: '${pinnedNode}' does not run.\n` +
      `The package 'node' fetches it in an install script: see that npm may run install scripts (npm config get ignore-scripts)\n`,
  );
  return 1;
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  process.stderr.write(`This needs Node.js 20 or newer to start, and this is ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  process.exitCode = await bootstrap();
}
