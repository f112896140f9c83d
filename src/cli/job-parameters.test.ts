import { describe, expect, it } from 'vitest';
import { parseJobParameters } from './job-parameters.ts';

describe('parseJobParameters', () => {
  it('takes values after a blank or an equals sign, and flags without', () => {
    const args = [
      '--input',
      'a b',
      '--pairs=x=1=2',
      '--verbose',
      '--offset',
      '-5',
      '--empty=',
      '--dashes=--x',
      '--last',
    ];
    expect(parseJobParameters(args)).toEqual({
      input: 'a b',
      pairs: 'x=1=2',
      verbose: '',
      offset: '-5',
      empty: '',
      dashes: '--x',
      last: '',
    });
  });

  it('takes names of any kind as data', () => {
    expect(Object.entries(parseJobParameters(['--__proto__', 'x']))).toEqual([['__proto__', 'x']]);
  });

  it('takes values of several lines', () => {
    expect(parseJobParameters(['--text=a\nb'])).toEqual({ text: 'a\nb' });
  });

  it('tells everything that is wrong at once', () => {
    expect(() => parseJobParameters(['stray', '--a', '1', '2', '--a=3', '--', '-x'])).toThrow(
      expect.objectContaining({
        code: 'PARAMETER_INVALID',
        message: [
          'Reading the job parameters failed:',
          "'stray' has no name; write --name value",
          "'2' has no name; write --name value",
          "'--a' is given twice",
          "'--' has no name; write --name value",
          "'-x' has no name; write --name value",
        ].join('\n  '),
      }) as Error,
    );
  });
});
