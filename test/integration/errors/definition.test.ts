/** What is wrong with a job's definition or configuration is found before anything starts, and leaves nothing behind. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointFolder, failureOf, HOSTS, outputFolder, runJob, scratchFolder } from '../../support/run-job.ts';
import type { JobSetup } from '../../support/run-job.ts';

const JOB = { jobName: 'definitions', jobId: expect.stringMatching(/^[0-9a-f]{32}$/) };

describe.each(HOSTS)('on %s, a definition that gives another graph each time', (host) => {
  it.each([
    ['a name that is drawn', /operator 'map 0\.\d+' has become operator 'map 0\.\d+'/],
    ['an operator that is there by chance', /operator 'lucky'/],
  ])('(%s) fails with JOB_DEFINITION_NOT_DETERMINISTIC', async (wrong, difference) => {
    // Chance may give the same graph a few times, not ten times.
    const error = await firstFailure(wrong, { host });
    expect(error).toMatchObject({ code: 'JOB_DEFINITION_NOT_DETERMINISTIC', context: JOB });
    expect(error?.message).toMatch(difference);
    expect(error?.hint).toContain('env.parameters');
  });
});

async function firstFailure(wrong: string, { host }: JobSetup): ReturnType<typeof failureOf> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const outcome = runJob('definitions', {
      ...(host === undefined ? {} : { host }),
      parallelism: 4,
      parameters: { wrong },
    });
    const failure = await outcome.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure !== undefined) return failure as Awaited<ReturnType<typeof failureOf>>;
  }
  throw new Error('The definition gave the same graph each time');
}

describe('a definition with', () => {
  it.each([
    ['two uids alike', 'DUPLICATE_UID', "uid 'same' is used by 2 operators: operator 'doubled', operator 'filtered'"],
    [
      'a parallelism above the max parallelism',
      'PARALLELISM_TOO_HIGH',
      "operator 'summed' (uid 'summed') has parallelism 8 above its max parallelism 4",
    ],
    ['a parallelism that is no number', 'JOB_DEFINITION_INVALID', 'has parallelism 1.5'],
    ['a promise', 'JOB_DEFINITION_INVALID', 'its definition returned a promise'],
    ['an error', 'JOB_DEFINITION_INVALID', 'broken definition'],
    ['no sink', 'JOB_DEFINITION_INVALID', 'the job has no sink'],
    ['two states alike', 'JOB_DEFINITION_INVALID', "Declaring state 'count' failed"],
    ['a parameter that was not given', 'PARAMETER_MISSING', "Reading job parameter '--city' failed"],
    ['its default parallelism', 'CONFIG_INVALID', "'parallelism.default' (the job)"],
  ])('%s fails with %s before anything is made', async (wrong, code, text) => {
    const folder = scratchFolder();
    const error = await failureOf('definitions', { folder, parameters: { wrong } });
    expect(error).toMatchObject({ code, context: JOB });
    expect(error.message).toContain(text);
    expect(error.hint).not.toBe('');
    for (const path of [checkpointFolder(folder), outputFolder(folder)]) expect(existsSync(path)).toBe(false);
  });

  it('an error keeps the stack of the line that threw', async () => {
    const error = await failureOf('definitions', { parameters: { wrong: 'an error' } });
    expect(error.cause).toMatchObject({ name: 'RangeError', stack: expect.stringContaining('definitions.ts:') });
  });
});

describe('a parallelism that is given from outside', () => {
  it.each([0, 1.5, Number.NaN])('is refused when it is %s', async (parallelism) => {
    const error = await failureOf('definitions', { parallelism, parameters: { wrong: 'nothing' } });
    expect(error).toMatchObject({ code: 'JOB_DEFINITION_INVALID', context: JOB });
    expect(error.message).toContain(`has parallelism ${parallelism}`);
  });

  it('is refused above pipeline.max-parallelism', async () => {
    const error = await failureOf('definitions', {
      parallelism: 8,
      configuration: { 'pipeline.max-parallelism': '4' },
      parameters: { wrong: 'nothing' },
    });
    expect(error).toMatchObject({ code: 'PARALLELISM_TOO_HIGH', context: JOB });
  });
});

describe('options that are wrong', () => {
  it('are all reported at once: those of the command line, of the job, and those that contradict each other', async () => {
    const error = await failureOf('definitions', {
      parameters: { wrong: 'an option that does not exist' },
      configuration: {
        'execution.checkpointing.interval': 'soon',
        'restart-strategy.typ': 'none',
        'restart-strategy.exponential-delay.initial-backoff': '2 min',
        'completely.unknown.option.of.somebody.else': '1',
      },
    });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', context: JOB });
    expect(error.message.split('\n').map((line) => line.trim())).toEqual([
      'Reading the configuration failed:',
      "'execution.checkpointing.intervall' (the job): unknown option; did you mean 'execution.checkpointing.interval'?",
      expect.stringContaining("'execution.checkpointing.interval' (-D): 'soon' is not allowed; wanted: "),
      "'restart-strategy.typ' (-D): unknown option; did you mean 'restart-strategy.type'?",
      "'completely.unknown.option.of.somebody.else' (-D): unknown option",
      expect.stringContaining("120000 ms is above 'restart-strategy.exponential-delay.max-backoff'"),
    ]);
    expect(error.hint).toContain('each option');
  });

  it('of a configuration file are reported with their line, together with the others', async () => {
    const configurationDirectory = scratchFolder();
    writeFileSync(
      join(configurationDirectory, 'config.yaml'),
      'execution:\n  checkpointing:\n    intervall: 1 s\nparallelism.default: many\n',
    );
    const error = await failureOf('definitions', {
      configurationDirectory,
      parameters: { wrong: 'an option that does not exist' },
    });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', context: JOB });
    const file = join(configurationDirectory, 'config.yaml');
    expect(error.message).toContain(
      `'execution.checkpointing.intervall' (${file}, line 3): unknown option; did you mean 'execution.checkpointing.interval'?`,
    );
    expect(error.message).toContain(`'parallelism.default' (${file}, line 4): 'many' is not allowed`);
    expect(error.message).toContain("'execution.checkpointing.intervall' (the job): unknown option");
  });

  it.each([
    ['a folder without one', undefined, 'config.yaml'],
    ['no YAML', 'a: [1,\n', 'config.yaml'],
  ])('because the configuration file is %s are refused with its path', async (_, content, text) => {
    const configurationDirectory = scratchFolder();
    if (content !== undefined) writeFileSync(join(configurationDirectory, 'config.yaml'), content);
    const error = await failureOf('definitions', { configurationDirectory, parameters: { wrong: 'nothing' } });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(error.message).toContain(join(configurationDirectory, text));
  });

  it('of the job id are refused', async () => {
    const error = await failureOf('definitions', { jobId: 'my-job', parameters: { wrong: 'nothing' } });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(error.message).toContain("'my-job' is not 32 hex digits");
  });
});
