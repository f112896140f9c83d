/** For machines: events and status are log lines, nothing else is written. */
import type { Logger } from '../../base/environment.ts';
import type { JobEvent, JobStatusSnapshot } from '../../job/job-status.ts';
import type { JobDisplay } from './job-display.ts';
import { logEvent, logStatus } from './log-events.ts';

const STATUS_INTERVAL_MS = 5000;

export class LogDisplay implements JobDisplay {
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #last: JobStatusSnapshot | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  onEvent(event: JobEvent): void {
    logEvent(this.#logger, event);
  }

  follow(status: () => JobStatusSnapshot): void {
    this.#last = status();
    this.#timer = setInterval(() => {
      const snapshot = status();
      logStatus(this.#logger, this.#last, snapshot);
      this.#last = snapshot;
    }, STATUS_INTERVAL_MS).unref();
  }

  print(lines: readonly string[]): void {
    for (const line of lines) this.#logger.log('info', line);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
