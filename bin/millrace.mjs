#!/usr/bin/env node
// The entry of the `millrace` command. It has no static imports and no syntax newer than Node 14, so that an old Node reaches
// the message below instead of dying on an import that it does not know.

const requiredMajor = 24;
/** Of PLATFORM_UNSUPPORTED in src/base/error-catalogue.ts. */
const unsupportedExitCode = 2;

/** Says why the command cannot run here, or returns undefined. */
function refusal() {
  if (process.platform === 'win32') {
    return [
      'error PLATFORM_UNSUPPORTED: millrace does not run on Windows: it cannot make a checkpoint durable there (no fsync of a folder)',
      'Run it on Linux or macOS, or inside the Windows Subsystem for Linux',
    ];
  }
  if (Number(process.versions.node.split('.')[0]) < requiredMajor) {
    return [
      `error PLATFORM_UNSUPPORTED: millrace needs Node.js ${requiredMajor} or newer, and this is Node.js ${process.versions.node} (${process.execPath})`,
      `Install a newer one from https://nodejs.org, or into this project with: npm install --save-dev node@${requiredMajor}`,
    ];
  }
  return undefined;
}

function hasSourceCondition() {
  const options = process.execArgv.concat((process.env.NODE_OPTIONS || '').split(/\s+/));
  return options.some(
    (option, index) =>
      option === '--conditions=source' ||
      option === '-C=source' ||
      ((option === '--conditions' || option === '-C') && options[index + 1] === 'source'),
  );
}

async function start() {
  const { existsSync } = await import('node:fs');
  const { fileURLToPath } = await import('node:url');
  const built = new URL('../dist/cli/main.js', import.meta.url);
  const source = new URL('../src/cli/main.ts', import.meta.url);
  let entry = built;
  if (hasSourceCondition()) {
    entry = source;
  } else if (!existsSync(built) && existsSync(source)) {
    // A checkout that was not built. The engine and the user's job must resolve to the same copy of it, so Node itself has to
    // start with the condition; this process is replaced, there is no second one to signal.
    process.execve(process.execPath, [
      process.execPath,
      '--conditions=source',
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      ...process.argv.slice(2),
    ]);
  }
  // Compiled code of former starts is used again: half a second less until the first record, and as much in each slot.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { main } = await import(entry.href);
  process.exitCode = await main(process.argv.slice(2));
}

const lines = refusal();
if (lines) {
  process.stderr.write(lines.join('\n') + '\n');
  process.exitCode = unsupportedExitCode;
} else {
  void start();
}
