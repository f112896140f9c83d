/**
 * Structured logs by pino: one line each, to standard error or appended to a file, written before `log` returns, so that nothing is lost
 * when the process ends. Fields of each line as far as they are known: job, operator, subtask, attempt, checkpoint. Slots hand
 * their lines to the main thread, so there is one writer.
 */
import { dirname } from 'node:path';
import type { Logger as PinoLogger } from 'pino';
import type { LogLevel, Logger } from '../base/environment.ts';
import { MillraceError, messageOf } from '../base/errors.ts';
import { isSecretName, redact, REDACTED } from '../base/redact.ts';
import { nodeFiles } from '../host/node/node-files.ts';
import { printable } from '../metrics/display-width.ts';

export type LogFormat = 'text' | 'json';

export interface LoggingSettings {
  /** The least level that is written. */
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** A path, made with its folders when it is not there; undefined: `write`. */
  readonly file: string | undefined;
  /** Takes whole lines. */
  readonly write: (line: string) => void;
}

export interface ClosableLogger extends Logger {
  close(): void;
}

export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

/** pino is loaded only here. @throws CONFIG_INVALID when the file cannot be opened */
export async function createLogger(settings: LoggingSettings): Promise<ClosableLogger> {
  const { pino } = await import('pino');
  const target =
    settings.file === undefined ? { write: settings.write, close: () => {} } : await fileTarget(settings.file);
  const write =
    settings.format === 'json' ? target.write : (line: string): void => target.write(textLine(JSON.parse(line)));
  const logger = pino(
    {
      level: settings.level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return { ...redactingLogger(logger), close: target.close };
}

async function fileTarget(path: string): Promise<{ write(line: string): void; close(): void }> {
  const { openSync, closeSync, writeSync } = await import('node:fs');
  try {
    await nodeFiles.makeDirectories(dirname(path));
    const descriptor = openSync(path, 'a');
    return { write: (line) => void writeSync(descriptor, line), close: () => closeSync(descriptor) };
  } catch (error) {
    throw new MillraceError('CONFIG_INVALID', `Opening log file '${path}' failed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function redactingLogger(logger: PinoLogger): Logger {
  return {
    log: (level, message, fields) => logger[level](redactFields(fields), redact(message)),
    with: (fields) => redactingLogger(logger.child(redactFields(fields))),
  };
}

function redactFields(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isSecretName(name) ? REDACTED : redact(value)]),
  );
}

/** '2026-01-02T03:04:05.678Z WARN  Closing failed  operator=results attempt=2'. */
function textLine(record: unknown): string {
  const { level, time, message, ...fields } = record as Readonly<Record<string, unknown>>; // pino wrote it
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${fieldText(value)}`);
  const head = `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${printableLines(String(message))}`;
  return `${[head, parts.join(' ')].filter((part) => part !== '').join('  ')}\n`;
}

/** Plain words stand as they are, everything else as JSON, so that a line can be taken apart again. Stacks are for JSON logs. */
function fieldText(value: unknown): string {
  if (isErrorLike(value)) return JSON.stringify(errorText(value));
  return typeof value === 'string' && /^[\w.,:;/@()+-]+$/.test(value) ? value : JSON.stringify(value);
}

interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly cause?: unknown;
}

function isErrorLike(value: unknown): value is ErrorLike {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value;
}

/** 'USER_FUNCTION_FAILED: no price; caused by TypeError: ...'. */
function errorText({ name, message, code, cause }: ErrorLike): string {
  const own = `${typeof code === 'string' ? code : name}: ${printableLines(message)}`;
  return isErrorLike(cause) ? `${own}; caused by ${errorText(cause)}` : own;
}

/** A message of several lines stays one line of the log. */
function printableLines(text: string): string {
  return printable(text.split(/\r?\n\s*/).join(' | '));
}
