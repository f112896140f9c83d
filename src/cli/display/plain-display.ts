/** Where no terminal is: lines that stay, the status every few seconds. */
import type { JobEvent, JobStatusSnapshot } from '../../job/job-status.ts';
import { statusLines } from '../../metrics/status-lines.ts';
import type { Styles } from '../../metrics/styles.ts';
import type { Terminal } from '../terminal.ts';
import { eventLines } from './event-lines.ts';
import type { JobDisplay } from './job-display.ts';
import { StatusHistory } from './status-history.ts';

const STATUS_INTERVAL_MS = 5000;

export class PlainDisplay implements JobDisplay {
  readonly #terminal: Terminal;
  readonly #styles: Styles;
  readonly #isQuiet: boolean;
  readonly #history = new StatusHistory(STATUS_INTERVAL_MS);
  #timer: NodeJS.Timeout | undefined;

  /** @param isQuiet only what went wrong is told */
  constructor(terminal: Terminal, styles: Styles, isQuiet: boolean) {
    this.#terminal = terminal;
    this.#styles = styles;
    this.#isQuiet = isQuiet;
  }

  onEvent(event: JobEvent): void {
    const wanted = this.#isQuiet ? ['warn', 'error'] : ['info', 'warn', 'error'];
    this.print(
      eventLines(event, this.#styles)
        .filter(({ level }) => wanted.includes(level))
        .map(({ text }) => text),
    );
  }

  follow(status: () => JobStatusSnapshot): void {
    if (this.#isQuiet) return;
    this.#history.rates(status());
    this.#timer = setInterval(() => this.show(status()), STATUS_INTERVAL_MS).unref();
  }

  show(snapshot: JobStatusSnapshot): void {
    this.print(statusLines(snapshot, this.#history.rates(snapshot)));
  }

  print(lines: readonly string[]): void {
    if (lines.length > 0) this.#terminal.write(lines.map((line) => `${line}\n`).join(''));
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
