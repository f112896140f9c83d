import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelLocks } from './kernel-lock.ts';

const HOLDER = join(import.meta.dirname, '../../../test/support/hold-lock.ts');

let folder = '';
let path = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
  path = join(folder, 'lock-1');
  writeFileSync(path, '');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Another process that tries to take the lock; settles with what it says. */
async function otherProcess(): Promise<{ child: ChildProcess; says: string }> {
  const child = spawn(process.execPath, [HOLDER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const says = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The other process ended with ${code}`)));
  });
  return { child, says };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

describe('the kernel lock', () => {
  it('keeps other processes out, also while its holder is stopped, and is gone with its holder', async () => {
    const { child, says } = await otherProcess();
    expect(says).toBe('held');
    expect(kernelLocks.tryLock(path)).toBeUndefined();
    child.kill('SIGSTOP');
    expect(kernelLocks.tryLock(path)).toBeUndefined();
    const end = ended(child);
    child.kill('SIGKILL');
    await end;
    const lock = kernelLocks.tryLock(path);
    expect(lock).toBeDefined();
    lock?.release();
  });

  it('is free for another process once it is released', async () => {
    const lock = kernelLocks.tryLock(path);
    expect((await otherProcess()).says).toBe('busy');
    lock?.release();
    lock?.release();
    expect((await otherProcess()).says).toBe('held');
  });

  it('keeps a second start in the same process out', () => {
    const lock = kernelLocks.tryLock(path);
    expect(kernelLocks.tryLock(path)).toBeUndefined();
    lock?.release();
    const again = kernelLocks.tryLock(path);
    expect(again).toBeDefined();
    again?.release();
  });

  it('fails clearly where there can be no lock file', () => {
    expect(() => kernelLocks.tryLock(join(folder, 'missing', 'lock-1'))).toThrow(/Locking '.*lock-1' failed/);
  });
});
