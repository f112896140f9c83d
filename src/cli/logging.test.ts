import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MillraceError, toErrorRecord } from '../base/errors.ts';
import { createLogger } from './logging.ts';
import type { ClosableLogger, LoggingSettings } from './logging.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-logging-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function loggerInto(lines: string[], settings: Partial<LoggingSettings> = {}): Promise<ClosableLogger> {
  return createLogger({
    level: 'debug',
    format: 'json',
    file: undefined,
    write: (line) => lines.push(line),
    ...settings,
  });
}

describe('createLogger', () => {
  it('writes one JSON object a line, with the fields of all loggers before it', async () => {
    const lines: string[] = [];
    const logger = (await loggerInto(lines))
      .with({ job: 'totals', attempt: 2 })
      .with({ operator: 'counts', subtask: 0 });
    logger.log('warn', 'Closing failed', { checkpoint: 7, error: new Error('gone') });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('\n')).toBe(true);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      message: 'Closing failed',
      job: 'totals',
      attempt: 2,
      operator: 'counts',
      subtask: 0,
      checkpoint: 7,
      error: expect.objectContaining({ name: 'Error', message: 'gone' }) as object,
    });
  });

  it('writes text that stays one line', async () => {
    const lines: string[] = [];
    const logger = await loggerInto(lines, { format: 'text' });
    logger.log('info', 'First\n  second\u001b[2J', { job: 'a b', attempt: 1, path: '/x/y', list: [1, 'q'] });
    expect(lines.join('')).toMatch(
      /^\d{4}-\S+Z INFO  First \| second\?\[2J  job="a b" attempt=1 path=\/x\/y list=\[1,"q"\]\n$/,
    );
  });

  it('writes errors in text as one sentence, without stacks', async () => {
    const lines: string[] = [];
    const logger = await loggerInto(lines, { format: 'text' });
    const cause = new TypeError('no price');
    logger.log('warn', 'Failed', {
      error: toErrorRecord(new MillraceError('USER_FUNCTION_FAILED', 'no price', { cause })),
    });
    expect(lines.join('')).toMatch(
      /Failed {2}error="USER_FUNCTION_FAILED: no price; caused by TypeError: no price"\n$/,
    );
  });

  it('leaves out what is below the level', async () => {
    const lines: string[] = [];
    const logger = await loggerInto(lines, { level: 'warn' });
    logger.log('info', 'not this');
    logger.with({ job: 'x' }).log('error', 'this');
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(['this']);
  });

  it('keeps secrets out of messages and fields', async () => {
    const lines: string[] = [];
    const logger = (await loggerInto(lines)).with({ dbPassword: 'p1', url: 'https://u:p2@h/' });
    logger.log('info', 'Reading s3://k:p3@bucket?token=p4', { apiToken: 'p5', deep: { secret: 'p6' } });
    expect(lines.join('')).toContain('******');
    expect(lines.join('')).not.toMatch(/p\d/);
  });

  it('appends to a file and makes its folders', async () => {
    const file = join(folder, 'a/b/log.jsonl');
    for (const message of ['one', 'two']) {
      const logger = await loggerInto([], { file });
      logger.log('info', message);
      logger.close();
    }
    const messages = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message);
    expect(messages).toEqual(['one', 'two']);
  });

  it('refuses a file that cannot be opened', async () => {
    await expect(loggerInto([], { file: folder })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const below = loggerInto([], { file: '/proc/millrace/below/job.log' });
    await expect(below).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
