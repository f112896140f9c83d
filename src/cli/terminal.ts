/** Standard error as the command line uses it: standard output is left to the job. */
import { fileErrorCode } from '../base/files.ts';
import { writeFully } from '../host/node/synchronous-stream.ts';

export interface Terminal {
  readonly isInteractive: boolean;
  readonly columns: number;
  readonly rows: number;
  /** At once and whole. Never fails: where nobody listens any more, there is nobody to tell. */
  write(text: string): void;
}

const STANDARD_ERROR = 2;
const UNKNOWN_COLUMNS = 80;
const UNKNOWN_ROWS = 24;

export const processTerminal: Terminal = {
  get isInteractive(): boolean {
    return process.stderr.isTTY && process.env['TERM'] !== 'dumb' && process.env['CI'] === undefined;
  },
  get columns(): number {
    return process.stderr.columns || UNKNOWN_COLUMNS;
  },
  get rows(): number {
    return process.stderr.rows || UNKNOWN_ROWS;
  },
  write(text): void {
    try {
      writeFully(STANDARD_ERROR, new TextEncoder().encode(text));
    } catch (error) {
      // The reader of the pipe or the terminal is gone; SIGHUP says so as well where it matters.
      if (!['EPIPE', 'EIO', 'EBADF'].includes(fileErrorCode(error) ?? '')) throw error;
    }
  },
};
