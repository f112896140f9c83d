import { describe, expect, it } from 'vitest';
import { MissingProgram, missingProgramMessage, runProgram } from './program.ts';

describe('a program that the comparison needs', () => {
  it('is missing where there is none of its name', async () => {
    const run = runProgram('no-program-of-this-name', []);
    await expect(run).rejects.toThrow(MissingProgram);
    await expect(run).rejects.toThrow("There is no 'no-program-of-this-name' on this machine");
  });

  it('has a message that says what to install', () => {
    expect(missingProgramMessage('mvn')).toBe(
      "There is no 'mvn' on this machine. The comparison with Flink needs Maven 3.8 or later (Debian: maven); nothing else here does",
    );
  });
});
