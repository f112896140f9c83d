import { describe, expect, test } from 'vitest';
import { markJob, requireJob } from './job-mark.ts';

const definition = markJob({
  name: 'marked',
  build: () => ({ jobName: 'marked', nodes: [], configuration: new Map() }),
});

describe('requireJob', () => {
  test('returns a job that this copy made', () => {
    expect(requireJob(definition, 'job.ts')).toBe(definition);
  });

  test.each([
    [undefined, /'job.ts' failed: it has no default export/],
    [() => undefined, /its default export is a function/],
    [{ name: 'looks like one' }, /was not made by job\(\)/],
    [null, /was not made by job\(\)/],
  ])('refuses %o', (exported, message) => {
    expect(() => requireJob(exported, 'job.ts')).toThrow(expect.objectContaining({ code: 'JOB_MODULE_INVALID' }));
    expect(() => requireJob(exported, 'job.ts')).toThrow(message);
  });

  test('tells a job of another copy, and where both copies are', () => {
    const foreign = {
      name: 'x',
      build: () => undefined,
      [Symbol.for('millrace.job')]: { url: 'file:///other/millrace.js' },
    };
    expect(() => requireJob(foreign, 'job.ts')).toThrow(expect.objectContaining({ code: 'ENGINE_LOADED_TWICE' }));
    expect(() => requireJob(foreign, 'job.ts')).toThrow(/'file:\/\/\/other\/millrace.js'.*job-mark\.ts'/);
  });
});
