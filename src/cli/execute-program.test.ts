import { describe, expect, it } from 'vitest';
import { executeProgram } from './execute-program.ts';
import type { RunRequest } from './program.ts';

interface Answer {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  readonly requests: readonly RunRequest[];
}

async function millrace(...args: readonly string[]): Promise<Answer> {
  const requests: RunRequest[] = [];
  let out = '';
  let err = '';
  const exitCode = await executeProgram(args, {
    version: '1.2.3',
    writeOut: (text) => void (out += text),
    writeErr: (text) => void (err += text),
    onRun: async (request) => {
      requests.push(request);
      return 7;
    },
  });
  return { exitCode, out, err, requests };
}

describe('millrace run', () => {
  it('hands all its options on, and what follows -- to the job', async () => {
    const own =
      'run job.ts -p 3 -D a.b=1 -D c=x=y --conf etc --fresh --restore-from chk-2 --takeover --overwrite --job-id j --adopt';
    const more =
      '--allow-non-restored-state --check-mutation --host inline --log-level debug --log-file l --log-format text --quiet';
    const { exitCode, requests } = await millrace(...`${own} ${more} -- --input x --fresh`.split(' '));
    expect(exitCode).toBe(7);
    expect(requests).toEqual([
      {
        module: 'job.ts',
        options: {
          parallelism: 3,
          configuration: { 'a.b': '1', c: 'x=y' },
          configurationDirectory: 'etc',
          fresh: true,
          restoreFrom: 'chk-2',
          takeover: true,
          existingOutput: 'overwrite',
          jobId: 'j',
          adopt: true,
          allowNonRestoredState: true,
          checkMutation: true,
          host: 'inline',
          logLevel: 'debug',
          logFile: 'l',
          logFormat: 'text',
          quiet: true,
          parameters: { input: 'x', fresh: '' },
        },
        presentation: {
          resumeCommand: expect.stringMatching(/^millrace run job\.ts -p 3 .* -- --input x --fresh$/) as string,
        },
      },
    ]);
  });

  it('asks for nothing that was not asked for', async () => {
    const { requests } = await millrace('run', 'job.ts');
    expect(requests[0]?.options).toEqual({ parameters: {} });
    expect((await millrace('run', 'job.ts', '--append')).requests[0]?.options.existingOutput).toBe('append');
  });

  it.each([
    [['run'], "missing required argument 'module'"],
    [['run', 'a.ts', 'b.ts'], 'too many arguments'],
    [['run', 'a.ts', '--rows', '5'], 'Parameters of the job stand after --'],
    [['run', 'a.ts', '--paralelism', '2'], 'Did you mean --parallelism?'],
    [['run', 'a.ts', '-p', '0'], 'an integer of at least 1'],
    [['run', 'a.ts', '-p', '1.5'], 'an integer of at least 1'],
    [['run', 'a.ts', '-D', 'key'], 'key=value'],
    [['run', 'a.ts', '-D', 'a=1', '-D', 'a=2'], "'a' is set to two values"],
    [['run', 'a.ts', '--host', 'cluster'], 'threads, inline'],
    [['run', 'a.ts', '--append', '--overwrite'], 'cannot be used with'],
    [['run', 'a.ts', '--', 'stray'], "'stray' has no name"],
    [['walk'], "unknown command 'walk'"],
    [[], 'Usage: millrace'],
  ])('%j is wrong usage', async (args, message) => {
    const { exitCode, err, out, requests } = await millrace(...args);
    expect({ exitCode, out, requests }).toEqual({ exitCode: 2, out: '', requests: [] });
    expect(err).toContain(message);
  });

  it('shows no secret of a wrong command', async () => {
    expect((await millrace('run', 'a.ts', 'db.password=hunter2')).err).not.toContain('hunter2');
  });

  it('passes errors on that are none of usage', async () => {
    const failing = executeProgram(['run', 'a.ts'], {
      version: '1.2.3',
      writeOut: () => {},
      writeErr: () => {},
      onRun: () => Promise.reject(new RangeError('boom')),
    });
    await expect(failing).rejects.toThrow(RangeError);
  });
});

describe('millrace', () => {
  it('tells its version', async () => {
    expect(await millrace('--version')).toMatchObject({ exitCode: 0, out: '1.2.3\n', err: '' });
  });

  it.each([[['--help']], [['help']], [['run', '--help']], [['help', 'run']]])('helps with %j', async (args) => {
    const { exitCode, out, err } = await millrace(...args);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('Examples:');
  });

  it('has a help that is enough to work with', async () => {
    const { out } = await millrace('run', '--help');
    for (const part of ['Exit codes:', '130', 'Job parameters:', '--name value', '-D <key=value>', 'suspend']) {
      expect(out).toContain(part);
    }
  });
});
