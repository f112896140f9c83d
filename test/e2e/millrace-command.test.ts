// The command line as a process: what it prints and how it ends, without a job that runs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { jobPath, millrace } from '../support/millrace-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('millrace', () => {
  test('tells its version and helps', async () => {
    const [version, help] = await Promise.all([millrace(folder, '--version'), millrace(folder, 'run', '--help')]);
    expect(version).toMatchObject({ exitCode: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string, err: '' });
    expect(help).toMatchObject({ exitCode: 0, out: expect.stringContaining('Exit codes:') as string, err: '' });
  });

  test('refuses an unknown option with the nearest one', async () => {
    const { exitCode, out, err } = await millrace(folder, 'run', 'job.ts', '--fersh');
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain("unknown option '--fersh'");
    expect(err).toContain('Did you mean --fresh?');
  });

  test('refuses a module that does not exist, and one that exports no job', async () => {
    writeFileSync(join(folder, 'no-job.mjs'), 'export default 5;\n');
    const [missing, noJob] = await Promise.all([
      millrace(folder, 'run', 'nowhere.ts'),
      millrace(folder, 'run', 'no-job.mjs'),
    ]);
    for (const { exitCode, err } of [missing, noJob]) {
      expect(exitCode).toBe(3);
      expect(err).toMatch(/^error JOB_MODULE_INVALID: /);
      expect(err).toContain('  hint ');
      expect(err).not.toMatch(/^\s+at /m);
    }
  });

  test('tells all errors of the configuration at once, with place and nearest key, before the module is loaded', async () => {
    mkdirSync(join(folder, 'conf'));
    writeFileSync(
      join(folder, 'conf/config.yaml'),
      'parallelism:\n  default: 0\nexecution.checkpointing.intervall: 1 s\n',
    );
    writeFileSync(join(folder, 'loud.mjs'), 'console.log("loaded");\n');
    const { exitCode, out, err } = await millrace(folder, 'run', 'loud.mjs', '-D', 'restart-strategy=sometimes');
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err.split('\n').slice(0, 4)).toEqual([
      'error CONFIG_INVALID: Reading the configuration failed:',
      expect.stringMatching(/^ {2}'parallelism\.default' \(conf\/config\.yaml, line 2\): '0' is not allowed/),
      expect.stringMatching(
        /^ {2}'execution\.checkpointing\.intervall' \(conf\/config\.yaml, line 3\): unknown option; did you mean 'execution\.checkpointing\.interval'\?$/,
      ),
      expect.stringMatching(/^ {2}'restart-strategy' \(-D\): 'sometimes' is not allowed; wanted: one of none, /),
    ]);
  });

  test('shows the frame of the user when the definition throws', async () => {
    const { exitCode, err } = await millrace(folder, 'run', jobPath('unruly'), '--conf', folder);
    expect(exitCode).toBe(2);
    expect(err).toContain('CONFIG_INVALID'); // the folder has no config.yaml
    const missing = await millrace(tmpdir(), 'run', jobPath('unruly'));
    expect(missing.exitCode).toBe(2);
    expect(missing.err).toMatch(/^error PARAMETER_MISSING: .*'--how'.*\n {4}at .*unruly\.ts:\d+:\d+\)?\n/);
  });
});
