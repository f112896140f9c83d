/** On a terminal: the status is drawn in place, twice a second; events go above it. */
import type { JobEvent, JobStatusSnapshot } from '../../job/job-status.ts';
import { statusTable } from '../../metrics/status-table.ts';
import type { Styles } from '../../metrics/styles.ts';
import type { Terminal } from '../terminal.ts';
import { CapturedStream } from './captured-stream.ts';
import type { WritableLike } from './captured-stream.ts';
import { eventLines } from './event-lines.ts';
import type { JobDisplay } from './job-display.ts';
import { LiveRegion } from './live-region.ts';
import { StatusHistory } from './status-history.ts';

const REDRAW_INTERVAL_MS = 500;
const RATE_SPAN_MS = 1000;

export interface LiveDisplayOptions {
  readonly terminal: Terminal;
  readonly styles: Styles;
  /** Streams that end on the same terminal. */
  readonly streams: readonly WritableLike[];
}

export class LiveDisplay implements JobDisplay {
  readonly #options: LiveDisplayOptions;
  readonly #region: LiveRegion;
  readonly #history = new StatusHistory(RATE_SPAN_MS);
  #captured: readonly CapturedStream[] = [];
  #timer: NodeJS.Timeout | undefined;
  #status: (() => JobStatusSnapshot) | undefined;
  /** After SIGSTOP or Ctrl-Z the shell has written below the region. */
  readonly #onContinued = (): void => this.#region.forget();

  constructor(options: LiveDisplayOptions) {
    this.#options = options;
    this.#region = new LiveRegion(options.terminal);
  }

  onEvent(event: JobEvent): void {
    // The table shows the status.
    if (event.kind === 'status-changed') return;
    this.print(
      eventLines(event, this.#options.styles)
        .filter(({ level }) => level !== 'debug')
        .map(({ text }) => text),
    );
  }

  follow(status: () => JobStatusSnapshot): void {
    this.#status = status;
    this.#captured = this.#options.streams.map(
      (stream) => new CapturedStream(stream, (text) => this.#region.printAbove(text)),
    );
    process.on('SIGCONT', this.#onContinued);
    this.#timer = setInterval(() => this.redraw(), REDRAW_INTERVAL_MS).unref();
    this.redraw();
  }

  redraw(): void {
    if (this.#status === undefined) return;
    const { terminal, styles } = this.#options;
    const snapshot = this.#status();
    // One column and one row are left free: terminals differ in what they do at the very edge.
    const size = { width: Math.max(1, terminal.columns - 1), height: Math.max(4, terminal.rows - 1) };
    this.#region.draw(statusTable(snapshot, this.#history.rates(snapshot), size, styles));
  }

  print(lines: readonly string[]): void {
    if (lines.length > 0) this.#region.printAbove(lines.map((line) => `${line}\n`).join(''));
  }

  close(): void {
    clearInterval(this.#timer);
    process.off('SIGCONT', this.#onContinued);
    this.#status = undefined;
    this.#region.clear();
    for (const stream of this.#captured) stream.release();
    this.#captured = [];
  }
}
