/** Runs a job module of test/support/jobs to its end and looks at what came of it: result, error, events, log and output. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { LogLevel, Logger } from '../../src/base/environment.ts';
import { MillraceError } from '../../src/base/errors.ts';
import { run } from '../../src/index.ts';
import type { JobEvent, JobHandle, JobResult, RunOptions } from '../../src/index.ts';

export type HostKind = 'inline' | 'threads';

/** Whatever can go wrong in a slot goes wrong in the same way on both. */
export const HOSTS: readonly HostKind[] = ['inline', 'threads'];

/** A folder of its own for one test, removed when the file is done. */
export function scratchFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  folders.push(path);
  return path;
}

const folders: string[] = [];
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

export interface JobSetup extends Omit<RunOptions, 'onEvent' | 'logger'> {
  /** Of checkpoints and of the parameter `output`; default: a new one. */
  readonly folder?: string;
}

export interface StartedJob {
  readonly handle: JobHandle;
  readonly folder: string;
  readonly events: readonly JobEvent[];
  readonly log: readonly LoggedLine[];
  /** Settles when an event of this kind has come (also one from before). */
  readonly event: <K extends JobEvent['kind']>(kind: K) => Promise<Extract<JobEvent, { kind: K }>>;
}

export interface LoggedLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Parallelism 2, checkpoints and output below `folder`, and no restarts unless the setup says otherwise. */
export async function startJob(job: string, setup: JobSetup = {}): Promise<StartedJob> {
  const { folder = scratchFolder(), parameters, configuration, ...options } = setup;
  const events: JobEvent[] = [];
  const log: LoggedLine[] = [];
  const waiting: { readonly kind: string; readonly resolve: (event: never) => void }[] = [];
  const handle = await run(jobUrl(job), {
    parallelism: 2,
    ...options,
    parameters: { output: outputFolder(folder), ...parameters },
    configuration: {
      'execution.checkpointing.dir': checkpointFolder(folder),
      'restart-strategy.type': 'none',
      ...configuration,
    },
    logger: collectingLogger(log, {}),
    onEvent: (event) => {
      events.push(event);
      // The waiter asked for events of this kind.
      for (const { kind, resolve } of waiting) if (kind === event.kind) resolve(event as never);
    },
  });
  return {
    handle,
    folder,
    events,
    log,
    event: (kind) =>
      new Promise((resolve) => {
        const known = events.find((event) => event.kind === kind);
        if (known === undefined) waiting.push({ kind, resolve });
        else resolve(known as never);
      }),
  };
}

export interface EndedJob extends StartedJob {
  readonly result: JobResult;
}

export async function runJob(job: string, setup: JobSetup = {}): Promise<EndedJob> {
  const started = await startJob(job, setup);
  return { ...started, result: await started.handle.result };
}

/** The one error that a run ends with, whether it comes before or after the start. */
export async function failureOf(job: string, setup: JobSetup = {}): Promise<MillraceError> {
  return rejection(runJob(job, setup));
}

/** With the error that the restart strategy gave up on in the place of its own. */
export async function rejection(promise: Promise<unknown>): Promise<MillraceError> {
  const error: unknown = await promise.then(
    () => new Error('It did not fail'),
    (reason: unknown) => reason,
  );
  if (!MillraceError.is(error)) throw error;
  return error;
}

export function jobUrl(job: string): URL {
  return new URL(`./jobs/${job}.ts`, import.meta.url);
}

export function outputFolder(folder: string): string {
  return join(folder, 'output');
}

export function checkpointFolder(folder: string): string {
  return join(folder, 'checkpoints');
}

/** The committed rows of a JSON lines sink. */
export function outputRows(folder: string): readonly unknown[] {
  return rowsBelow(outputFolder(folder));
}

/** The committed rows of a JSON lines sink that writes to `path`. */
export function rowsBelow(path: string): readonly unknown[] {
  return outputLines(path).map((line): unknown => JSON.parse(line));
}

/** The committed lines of a sink that writes to `path`, but for empty ones. */
export function outputLines(path: string): readonly string[] {
  return committedFiles(path).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  );
}

/** Whatever a reader of the folder would take: all files whose name does not begin with a dot or an underscore. */
export function committedFiles(folder: string): readonly string[] {
  return filesBelow(folder).filter((path) => !/\/[._][^/]*$/.test(path));
}

export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
}

function collectingLogger(lines: LoggedLine[], inherited: Readonly<Record<string, unknown>>): Logger {
  return {
    log: (level, message, fields) => void lines.push({ level, message, fields: { ...inherited, ...fields } }),
    with: (fields) => collectingLogger(lines, { ...inherited, ...fields }),
  };
}
