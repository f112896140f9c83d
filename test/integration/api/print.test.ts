/** print() of a process: whole lines from all subtasks, with Flink's prefixes. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LINE_LENGTH, RECORDS } from '../../support/jobs/printing.ts';
import { HOSTS, jobUrl, scratchFolder } from '../../support/run-job.ts';

const numbers = Array.from({ length: RECORDS }, (_, n) => n);

async function printed(options: object): Promise<{ readonly out: readonly string[]; readonly err: readonly string[] }> {
  const program = join(scratchFolder(), 'program.ts');
  writeFileSync(
    program,
    `import { run } from '${new URL('../../../src/index.ts', import.meta.url).href}';
    const handle = await run('${jobUrl('printing').href}', ${JSON.stringify(options)});
    await handle.result;`,
  );
  const args = ['--conditions=source', program];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  return { out: stdout.split('\n').slice(0, -1), err: stderr.split('\n').slice(0, -1) };
}

describe.each(HOSTS)('print on %s', (host) => {
  it('writes whole lines that say where they come from', async () => {
    const { out, err } = await printed({ host, parallelism: 2 });
    // Index n is made by subtask n mod 2, which are called 1 and 2.
    const expected = numbers.flatMap((n) => {
      const subtask = (n % 2) + 1;
      const text = String.fromCharCode(97 + (n % 26)).repeat(n % 3 === 0 ? LINE_LENGTH : 10);
      const object = `{"n":${n},"text":"ä\\nb","at":${new Date(n).toISOString()},"big":${n}n}`;
      return [`long:${subtask}> ${n} ${text}`, `${subtask}> ${object}`, `one> ${n}`];
    });
    expect(out.length).toBe(expected.length);
    expect(out.toSorted()).toEqual(expected.toSorted());
    expect(err.toSorted()).toEqual(['warnings:1> 0', 'warnings:1> 2', 'warnings:2> 1']);
  });
});

it('without name and with one subtask there is only the value', async () => {
  const { out } = await printed({ host: 'inline', parallelism: 1 });
  expect(out.filter((line) => line.startsWith('long> '))).toHaveLength(RECORDS);
  expect(out.filter((line) => line.startsWith('{"n":'))).toHaveLength(RECORDS);
});
