/** Windows cannot make a checkpoint durable: whoever starts a job there is told so, before anything else happens. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/base/error-catalogue.ts';
import { jobUrl } from '../../support/run-job.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ON_WINDOWS = "data:text/javascript,Object.defineProperty(process, 'platform', { value: 'win32' })";

function onWindows(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', '--import', ON_WINDOWS, ...args],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('on Windows', () => {
  it('the command says where it runs', () => {
    const { status, stdout, stderr } = onWindows(join(ROOT, 'bin/millrace.mjs'), 'run', 'job.ts');
    expect(stderr).toMatch(/^error PLATFORM_UNSUPPORTED: millrace does not run on Windows: .*\n.*Linux or macOS.*\n$/);
    expect({ status, stdout }).toEqual({ status: ERROR_CATALOGUE.PLATFORM_UNSUPPORTED.exitCode, stdout: '' });
  });

  it('run() rejects before it loads the job', () => {
    const program = `
      import { run } from './src/index.ts';
      const error = await run('${jobUrl('resumable').href}').catch((reason) => reason);
      console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint }));
    `;
    const { status, stdout, stderr } = onWindows('--input-type=module', '--eval', program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      code: 'PLATFORM_UNSUPPORTED',
      message: 'Starting a job failed: Windows cannot make a checkpoint durable, because it has no fsync of a folder',
      hint: ERROR_CATALOGUE.PLATFORM_UNSUPPORTED.whatToDo,
    });
  });
});
