import { expect, it } from 'vitest';
import { resumeCommand } from './resume-command.ts';

it.each([
  [['run', 'job.ts'], 'millrace run job.ts'],
  [
    ['run', 'job.ts', '--fresh', '-p', '2', '--overwrite', '--', '--input', 'a b'],
    "millrace run job.ts -p 2 -- --input 'a b'",
  ],
  [['run', '--restore-from', 'chk-3', 'job.ts', '--takeover', '--adopt'], 'millrace run job.ts'],
  [['run', 'job.ts', '--restore-from=chk-3', '-D', 'a=1'], 'millrace run job.ts -D a=1'],
  [['run', 'job.ts', '--', '--fresh', "it's"], "millrace run job.ts -- --fresh 'it'\\''s'"],
  [['run', 'job.ts', '-D', 's3.secret-key=abc'], 'millrace run job.ts -D s3.secret-key=******'],
])('%j resumes by %s', (args, expected) => {
  expect(resumeCommand(args)).toBe(expected);
});
