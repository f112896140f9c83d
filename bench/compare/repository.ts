/** What is asked of git. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '../..');
export const RESULTS: string = join(ROOT, 'bench/results');

export function currentCommit(): string {
  return git('rev-parse', 'HEAD').trim();
}

/** Files that differ from the commit, and that a run could depend on. */
export function changedFiles(): readonly string[] {
  return git('status', '--porcelain', '--', 'src', 'bench', 'package-lock.json', ':!bench/results')
    .split('\n')
    .filter((line) => line !== '');
}

export interface Checkout {
  readonly root: string;
  readonly remove: () => void;
}

/** Another commit beside this work tree, with the same dependencies. */
export function checkOut(commit: string): Checkout {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-accepted-'));
  const root = join(folder, 'millrace');
  git('worktree', 'add', '--quiet', '--detach', root, commit);
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  return {
    root,
    remove: () => {
      git('worktree', 'remove', '--force', root);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
}
