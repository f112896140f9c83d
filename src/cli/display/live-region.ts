/**
 * Some lines at the bottom of a terminal that are drawn again and again in place; what is printed meanwhile goes above them.
 *
 * Between two calls the cursor stands at the beginning of the line after the region, visible, with nothing switched on: so
 * however the process ends, the terminal is as a shell expects it. A full screen is neither entered nor cleared.
 */
import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../metrics/display-width.ts';
import type { Terminal } from '../terminal.ts';

const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_TO_END_OF_SCREEN = '\u001b[J';
const cursorUp = (rows: number): string => (rows === 0 ? '' : `\u001b[${rows}A`);

export class LiveRegion {
  readonly #terminal: Terminal;
  #lines: readonly string[] = [];
  /** Columns of each line that stands on the screen now. */
  #drawnWidths: readonly number[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Each line fits into the terminal's columns and has no control characters but colours. */
  draw(lines: readonly string[]): void {
    if (lines.length === 0) return this.clear();
    const text = lines.map((line) => `${line}${CLEAR_TO_END_OF_LINE}\n`).join('');
    this.#terminal.write(`${this.#toStart()}${text}${CLEAR_TO_END_OF_SCREEN}`);
    this.#lines = lines;
    this.#drawnWidths = lines.map((line) => displayWidth(stripVTControlCharacters(line)));
  }

  /** Whole lines that stay. */
  printAbove(text: string): void {
    const lines = this.#lines;
    this.clear();
    this.#terminal.write(text);
    this.draw(lines);
  }

  clear(): void {
    if (this.#drawnWidths.length === 0) return;
    this.#terminal.write(`${this.#toStart()}${CLEAR_TO_END_OF_SCREEN}`);
    this.forget();
  }

  /** What stands on the screen stays there: the region begins anew where the cursor is. */
  forget(): void {
    this.#lines = [];
    this.#drawnWidths = [];
  }

  /** A terminal that became narrower has broken long lines: they take more rows than they did. */
  #toStart(): string {
    const columns = Math.max(1, this.#terminal.columns);
    const rows = this.#drawnWidths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return `\r${cursorUp(rows)}`;
  }
}
