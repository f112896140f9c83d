/** Inputs that are missing, damaged or changed, and records that cannot be parsed. */
import { appendFileSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { failureOf, HOSTS, outputRows, rowsBelow, runJob, scratchFolder, startJob } from '../../support/run-job.ts';

const INPUT = { jobName: 'reading-files', operatorName: 'input', operatorUid: 'input' };

interface Input {
  readonly folder: string;
  readonly path: string;
}

function inputOf(content: string | Uint8Array, name = 'input.jsonl'): Input {
  const folder = scratchFolder();
  const path = join(folder, name);
  writeFileSync(path, content);
  return { folder, path };
}

/** As many as `count` JSON lines of 16 bytes. */
function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `{"id":${String(index).padStart(8, '1')}}\n`).join('');
}

describe.each(HOSTS)('on %s, an input that', (host) => {
  it.each([
    ['is not there', 'nothing.jsonl', 'there is no such file or folder'],
    ['matches no file', '*.jsonl', 'no file matches the pattern'],
    ['is a pattern in a folder that is not there', 'nowhere/*.jsonl', 'there is no folder'],
  ])('%s is INPUT_NOT_FOUND', async (_, name, text) => {
    const folder = scratchFolder();
    const input = join(folder, name);
    const error = await failureOf('reading-files', { host, folder, parameters: { input } });
    expect(error).toMatchObject({ code: 'INPUT_NOT_FOUND', context: INPUT });
    expect(error.message).toContain(`Reading '${input}' failed: ${text}`);
    expect(error.hint).toContain('path');
  });

  it('has a line that is no JSON fails with file, byte and line, and without the content', async () => {
    const { folder, path } = inputOf(`${lines(10)}{"secret": 1,}\n${lines(3)}`);
    const error = await failureOf('reading-files', { host, folder, parameters: { input: path } });
    expect(error).toMatchObject({ code: 'RECORD_MALFORMED', context: { ...INPUT, attemptNumber: 1 } });
    expect(error.message).toBe(
      `Parsing the record at byte 160 of '${path}' failed (line 11): it is not valid JSON at character 14`,
    );
    expect(error.hint).toContain('side output');
  });

  it('was changed between two starts is INPUT_CHANGED', async () => {
    const { folder, path } = inputOf(lines(2000));
    const started = await startJob('reading-files', { host, folder, parameters: { input: path, rate: '100' } });
    await eventually(() => outputRows(folder).length > 0);
    await started.handle.suspend();
    appendFileSync(path, lines(1));
    const error = await failureOf('reading-files', { host, folder, parameters: { input: path } });
    expect(error).toMatchObject({ code: 'INPUT_CHANGED', context: INPUT });
    expect(error.message).toMatch(
      new RegExp(`^Reading '${path}' at byte \\d+ failed: the file was changed while it was an input: it has grown`),
    );
    expect(error.hint).toContain('--fresh');
    const fresh = { host, folder, parameters: { input: path }, fresh: true, existingOutput: 'overwrite' } as const;
    await runJob('reading-files', fresh);
    expect(outputRows(folder)).toHaveLength(2001);
  });
});

describe('an input that', () => {
  it.each([
    [
      'has shrunk',
      'INPUT_CHANGED',
      'it has shrunk from 32000 to 1000 bytes',
      (path: string) => truncateSync(path, 1000),
    ],
    ['is gone', 'INPUT_NOT_FOUND', 'it does not exist any more', (path: string) => rmSync(path)],
    ['was written anew', 'INPUT_CHANGED', 'it was written to', (path: string) => writeFileSync(path, lines(2000))],
  ] as const)('%s between two starts is %s', async (_, code, text, change) => {
    const { folder, path } = inputOf(lines(2000));
    const parameters = { input: path, rate: '100' };
    const started = await startJob('reading-files', { host: 'inline', folder, parameters });
    await eventually(() => outputRows(folder).length > 0);
    await started.handle.suspend();
    change(path);
    const error = await failureOf('reading-files', { host: 'inline', folder, parameters });
    expect(error).toMatchObject({ code, context: INPUT });
    expect(error.message).toContain(text);
    expect(error.message).toContain(`'${path}'`);
  });

  it('is another one at the next start is SOURCE_CHANGED', async () => {
    const { folder, path } = inputOf(lines(2000));
    const other = join(folder, 'other.jsonl');
    writeFileSync(other, lines(1));
    const started = await startJob('reading-files', {
      host: 'inline',
      folder,
      parameters: { input: path, rate: '100' },
    });
    await started.event('checkpoint-completed');
    await started.handle.suspend();
    const error = await failureOf('reading-files', { host: 'inline', folder, parameters: { input: other } });
    expect(error).toMatchObject({ code: 'SOURCE_CHANGED', context: { jobName: 'reading-files' } });
    expect(error.message).toContain(
      `operator 'input' (uid 'input') read 'files ${path}' and now reads 'files ${other}'`,
    );
  });

  it('is damaged gzip is INPUT_UNREADABLE and not tried again', async () => {
    const bytes = gzipSync(lines(1000));
    bytes.fill(0xff, bytes.length >> 1);
    const { folder, path } = inputOf(bytes, 'input.jsonl.gz');
    const configuration = { 'restart-strategy.type': 'fixed-delay', 'restart-strategy.fixed-delay.delay': '1 ms' };
    const error = await failureOf('reading-files', {
      host: 'inline',
      folder,
      configuration,
      parameters: { input: path },
    });
    expect(error).toMatchObject({ code: 'INPUT_UNREADABLE', recovery: 'fail-job', context: INPUT });
    expect(error.message).toMatch(new RegExp(`^Decompressing '${path}' near byte \\d+ failed: `));
  });
});

describe('a record', () => {
  it.each([
    ['csv', 'city,delay\nBern,1\nParis\n', 'byte 18', 'line 3'],
    ['csv', 'city,delay\nBern,1\nParis,late\n', 'byte 18', 'line 3'],
    ['csv', 'city,delay\nBern,1\n"Paris,2\n', 'byte 18', 'line 3'],
    ['a parse function that throws', '1\n2\n', 'byte 2', 'the parse function threw: no twos here'],
  ])('of %s that cannot be parsed fails with file, byte and line', async (format, content, byte, text) => {
    const { folder, path } = inputOf(content, 'input.txt');
    const error = await failureOf('reading-files', { host: 'inline', folder, parameters: { input: path, format } });
    expect(error).toMatchObject({ code: 'RECORD_MALFORMED', context: INPUT });
    expect(error.message).toContain(`at ${byte} of '${path}' failed`);
    expect(error.message).toContain(text);
  });

  it('whose parse function throws keeps the function its own stack', async () => {
    const { folder, path } = inputOf('1\n2\n', 'input.txt');
    const parameters = { input: path, format: 'a parse function that throws' };
    const error = await failureOf('reading-files', { host: 'inline', folder, parameters });
    expect(error.cause).toMatchObject({ name: 'RangeError', stack: expect.stringContaining('reading-files.ts:') });
  });

  it('whose parse function returns a promise is PROMISE_NOT_ALLOWED', async () => {
    const { folder, path } = inputOf('1\n', 'input.txt');
    const parameters = { input: path, format: 'a parse function that returns a promise' };
    const error = await failureOf('reading-files', { host: 'inline', folder, parameters });
    expect(error).toMatchObject({ code: 'PROMISE_NOT_ALLOWED', context: INPUT });
  });

  it('in a later piece of the file is found at its byte', async () => {
    const { folder, path } = inputOf(`${lines(1000)}broken\n${lines(10)}`);
    const parameters = { input: path, 'split-size': '4 kb' };
    const error = await failureOf('reading-files', { host: 'inline', folder, parameters });
    expect(error).toMatchObject({ code: 'RECORD_MALFORMED', context: INPUT });
    expect(error.message).toMatch(
      /^Parsing the record at byte 16000 of '.+' failed \(line \d+ counted from byte \d+\): /,
    );
  });
});

describe.each(HOSTS)('on %s, records that cannot be parsed', (host) => {
  const CONTENT = `${lines(5)}one\n${lines(5)}two\n${lines(5)}`;

  it('go to a side output when the job asks for it', async () => {
    const { folder, path } = inputOf(CONTENT);
    const malformed = join(folder, 'malformed');
    mkdirSync(malformed);
    await runJob('reading-files', { host, folder, parameters: { input: path, limit: '2', malformed } });
    expect(outputRows(folder)).toHaveLength(15);
    expect(rowsBelow(malformed)).toMatchObject([
      { file: path, offset: 80, line: 6, text: 'one' },
      { file: path, offset: 164, line: 12, text: 'two' },
    ]);
  });

  it('fail the job above the limit', async () => {
    const { folder, path } = inputOf(CONTENT);
    const parameters = { input: path, limit: '1', malformed: join(folder, 'malformed') };
    const error = await failureOf('reading-files', { host, folder, parameters });
    expect(error).toMatchObject({ code: 'RECORD_MALFORMED', context: INPUT });
    expect(error.message).toContain(`byte 164 of '${path}'`);
  });
});
