// scripts/bootstrap.mjs over a tiny project, with a stand-in for npm that notes how it was called.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Installs `needed` in the version of the lock file, or ends with the exit code it is told. */
const npm = `
const { mkdirSync, writeFileSync } = require('node:fs');
writeFileSync('npm-called', JSON.stringify({ args: process.argv.slice(2), nodeEnv: process.env.NODE_ENV ?? null }));
const code = Number(process.env.NPM_EXIT_CODE ?? 0);
if (code === 0) {
  mkdirSync('node_modules/needed', { recursive: true });
  writeFileSync('node_modules/needed/package.json', JSON.stringify({ version: '1.2.3' }));
}
process.exitCode = code;
`;

class Project {
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'millrace-bootstrap-'));

  constructor(options: { readonly installed?: string; readonly hasNode?: boolean }) {
    cpSync(join(root, 'scripts/bootstrap.mjs'), join(this.#directory, 'scripts/bootstrap.mjs'));
    mkdirSync(join(this.#directory, 'node_modules/.bin'), { recursive: true });
    if (options.hasNode !== false) symlinkSync(process.execPath, join(this.#directory, 'node_modules/.bin/node'));
    this.#write('npm-cli.js', npm);
    const packages = {
      '': { name: 'project' },
      'node_modules/needed': { version: '1.2.3' },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    };
    this.#write('package-lock.json', JSON.stringify({ packages }));
    if (options.installed === undefined) return;
    mkdirSync(join(this.#directory, 'node_modules/needed'));
    this.#write('node_modules/needed/package.json', JSON.stringify({ version: options.installed }));
  }

  bootstrap(env: Readonly<Record<string, string>> = {}): { exitCode: number | null; stderr: string } {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/bootstrap.mjs'], {
      cwd: this.#directory,
      encoding: 'utf8',
      env: { ...process.env, npm_execpath: join(this.#directory, 'npm-cli.js'), ...env },
    });
    return { exitCode: status, stderr };
  }

  /** How npm was called, or undefined. */
  npmCall(): { args: string[]; nodeEnv: string | null } | undefined {
    const path = join(this.#directory, 'npm-called');
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#directory, name), text);
  }
}

test('installs nothing when what the lock file names is there, packages for other platforms aside', () => {
  using project = new Project({ installed: '1.2.3' });
  expect(project.bootstrap()).toEqual({ exitCode: 0, stderr: '' });
  expect(project.npmCall()).toBeUndefined();
});

test('installs from the lock file when a package is missing, dev dependencies included', () => {
  using project = new Project({});
  expect(project.bootstrap({ NODE_ENV: 'production' })).toEqual({
    exitCode: 0,
    stderr: 'Installing dependencies (needed) ...\n',
  });
  expect(project.npmCall()?.args[0]).toBe('ci');
  expect(project.npmCall()?.nodeEnv).toBeNull();
});

test('installs when a package has another version than the lock file', () => {
  using project = new Project({ installed: '1.2.2' });
  expect(project.bootstrap()).toMatchObject({ exitCode: 0 });
  expect(project.npmCall()).toBeDefined();
});

test('passes the exit code of a failed install on', () => {
  using project = new Project({});
  expect(project.bootstrap({ NPM_EXIT_CODE: '3' })).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("'npm ci' ended with 3"),
  });
});

test('says that install scripts may be off when the pinned Node is missing after an install', () => {
  using project = new Project({ hasNode: false });
  expect(project.bootstrap()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ignore-scripts') });
});
