/** One job of one process: what is shown and logged of it, and what signals and errors do to it. */
import type { Logger } from '../base/environment.ts';
import { MillraceError, toErrorRecord } from '../base/errors.ts';
import type { JobEvent, JobResult } from '../job/job-status.ts';
import type { JobHandle, RunOptions } from '../launch/job-handle.ts';
import { summaryLines, summaryOfFailure, summaryOfResult } from '../metrics/summary-lines.ts';
import type { JobSummary } from '../metrics/summary-lines.ts';
import type { JobDisplay } from './display/job-display.ts';
import { LiveDisplay } from './display/live-display.ts';
import { LogDisplay } from './display/log-display.ts';
import { contextFields, logEvent } from './display/log-events.ts';
import { PlainDisplay } from './display/plain-display.ts';
import { errorReport } from './error-report.ts';
import { EXIT_INTERNAL, exitCodeOfError, exitCodeOfOutcome, exitCodeOfSignal } from './exit-codes.ts';
import type { StopSignal } from './exit-codes.ts';
import { createLogger } from './logging.ts';
import type { ClosableLogger } from './logging.ts';
import type { CommandParts, Watch } from './process-parts.ts';
import type { JobPresentation, RunJobOptions } from './run-options.ts';

/** How the guarantee lines of a job name a sink that writes to the terminal. */
const PRINT_SINK = '(print,';
const DEFAULT_RESUME_COMMAND = 'start it again';

export class RunSession {
  readonly #options: RunJobOptions;
  readonly #presentation: JobPresentation;
  readonly #parts: CommandParts;
  readonly #logger: ClosableLogger;
  /** For lines of this class, which know the job's name once it has started. */
  readonly #jobLogger: Logger;
  readonly #watches: readonly Watch[];
  #display: JobDisplay;
  #started: Extract<JobEvent, { kind: 'started' }> | undefined;
  #handle: JobHandle | undefined;
  /** The signal that asked the job to suspend. */
  #signal: StopSignal | undefined;

  /** @throws CONFIG_INVALID when the log file cannot be opened */
  static async open(options: RunJobOptions, presentation: JobPresentation, parts: CommandParts): Promise<RunSession> {
    const isFile = options.logFile !== undefined;
    const format = options.logFormat ?? (isFile ? 'json' : 'text');
    const output = { write: (line: string): void => parts.terminal.write(line) };
    const logger = await createLogger({
      level: options.logLevel ?? (isFile || format === 'json' ? 'info' : 'warn'),
      format,
      file: options.logFile,
      write: (line) => output.write(line),
    });
    const session = new RunSession(options, presentation, parts, logger);
    // Log lines go above what is drawn in place.
    if (!isFile && format === 'text') output.write = (line) => session.#display.print([line.trimEnd()]);
    return session;
  }

  private constructor(
    options: RunJobOptions,
    presentation: JobPresentation,
    parts: CommandParts,
    logger: ClosableLogger,
  ) {
    this.#options = options;
    this.#presentation = presentation;
    this.#parts = parts;
    this.#logger = logger;
    this.#jobLogger = withLateFields(logger, () => (this.#handle === undefined ? {} : { job: this.#handle.jobName }));
    this.#display = this.#isForMachines ? new LogDisplay(this.#jobLogger) : this.#plainDisplay();
    this.#watches = [
      parts.watchSignals({ onSuspend: (signal) => this.#suspend(signal), onEnd: (signal) => this.#endAtOnce(signal) }),
      parts.watchUncaught((error) => this.#endUncaught(error)),
    ];
  }

  /** Settles with the exit code. Rejects with what failed the job, or kept it from starting. */
  async run(module: URL | string, options: RunOptions): Promise<number> {
    const { title, afterwards } = this.#presentation;
    if (title !== undefined && !this.#isForMachines) this.#tell([this.#parts.styles.bold(title)]);
    this.#handle = await this.#parts.run(module, {
      ...options,
      logger: this.#isLoggedToFile || this.#isForMachines ? this.#logger : withoutEvents(this.#logger),
      onEvent: (event) => this.#onEvent(event),
    });
    const handle = this.#handle;
    this.#display.follow(() => handle.status());
    if (this.#signal !== undefined) this.#suspendHandle(handle);
    const result = await handle.result;
    this.#display.close();
    this.#showResult(result);
    await afterwards?.(result);
    return exitCodeOfOutcome(result.outcome, this.#signal);
  }

  /** Reports the error; returns its exit code. */
  failed(error: unknown): number {
    this.#display.close();
    const snapshot = this.#handle?.status();
    if (snapshot?.status === 'FAILED' && !this.#isForMachines) this.#showSummary(summaryOfFailure(snapshot));
    this.#report(error, 'Job failed');
    return exitCodeOfError(error);
  }

  close(): void {
    this.#display.close();
    for (const watch of this.#watches) watch.stop();
    this.#logger.close();
  }

  /** JSON lines on standard error stand alone. */
  get #isForMachines(): boolean {
    return this.#options.logFormat === 'json' && this.#options.logFile === undefined;
  }

  get #isLoggedToFile(): boolean {
    return this.#options.logFile !== undefined;
  }

  #onEvent(event: JobEvent): void {
    if (event.kind === 'started') {
      this.#started = event;
      if (!this.#isForMachines) this.#display = this.#displayFor(event.guarantees);
    }
    if (this.#isLoggedToFile) logEvent(this.#jobLogger, event);
    this.#display.onEvent(event);
  }

  /** Lines of `print()` go past this process's streams: they would tear what is drawn in place. */
  #displayFor(guarantees: readonly string[]): JobDisplay {
    const { terminal, styles, sharedStreams, isOutputOnTerminal } = this.#parts;
    const isTorn = isOutputOnTerminal && guarantees.some((line) => line.includes(PRINT_SINK));
    if (!terminal.isInteractive || this.#options.quiet === true || isTorn) return this.#plainDisplay();
    return new LiveDisplay({ terminal, styles, streams: sharedStreams });
  }

  #plainDisplay(): JobDisplay {
    return new PlainDisplay(this.#parts.terminal, this.#parts.styles, this.#options.quiet === true);
  }

  #tell(lines: readonly string[]): void {
    if (this.#options.quiet !== true) this.#display.print(lines);
  }

  #showResult(result: JobResult): void {
    if (this.#isLoggedToFile || this.#isForMachines) {
      this.#jobLogger.log('info', `Job ended: ${result.outcome}`, { ...result, jobName: undefined });
    }
    if (this.#isForMachines || (this.#options.quiet === true && result.outcome === 'FINISHED')) return;
    this.#showSummary(summaryOfResult(result));
  }

  #showSummary(summary: JobSummary): void {
    const { resumeCommand = DEFAULT_RESUME_COMMAND } = this.#presentation;
    const { startLine, guarantees = [] } = this.#started ?? {};
    this.#display.print(summaryLines(summary, { startLine, guarantees, resumeCommand }, this.#parts.styles));
  }

  #report(error: unknown, message: string): void {
    if (this.#isLoggedToFile || this.#isForMachines) logError(this.#jobLogger, message, error);
    if (this.#isForMachines) return;
    const { styles, workingDirectory } = this.#parts;
    this.#display.print(errorReport(error, { styles, workingDirectory }));
  }

  #suspend(signal: StopSignal): void {
    this.#signal = signal;
    this.#display.print([
      `${signal}: suspending; a checkpoint in progress gets up to 2 s. The same again ends the process at once`,
    ]);
    // Before there is a handle: as soon as there is one.
    if (this.#handle !== undefined) this.#suspendHandle(this.#handle);
  }

  /** What comes of it is the job's result, which `run` waits for. */
  #suspendHandle(handle: JobHandle): void {
    handle.suspend().catch(() => {});
  }

  #endAtOnce(signal: StopSignal): void {
    this.#display.close();
    this.#display.print([`${signal}: ended at once; the next start resumes from the last completed checkpoint`]);
    this.#parts.exit(exitCodeOfSignal(signal));
  }

  #endUncaught(error: unknown): void {
    this.#display.close();
    this.#report(error, 'An error that nobody caught');
    this.#parts.exit(EXIT_INTERNAL);
  }
}

/** Events are shown already where the log goes. */
function withoutEvents(logger: Logger): Logger {
  return {
    log: (level, message, fields) => {
      if (fields?.['event'] === undefined) logger.log(level, message, fields);
    },
    with: (fields) => withoutEvents(logger.with(fields)),
  };
}

function withLateFields(logger: Logger, fieldsNow: () => Readonly<Record<string, unknown>>): Logger {
  return {
    log: (level, message, fields) => logger.log(level, message, { ...fieldsNow(), ...fields }),
    with: (fields) => withLateFields(logger.with(fields), fieldsNow),
  };
}

function logError(logger: Logger, message: string, error: unknown): void {
  const fields = MillraceError.is(error) ? { code: error.code, ...contextFields(error.context) } : {};
  logger.log('error', message, { ...fields, error: toErrorRecord(error) });
}
