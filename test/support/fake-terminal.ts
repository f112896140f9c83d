/** A terminal that understands what live displays write: text with wrapping, CR, LF, cursor up, clear line, clear below. */
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../../src/cli/terminal.ts';
import { displayWidth } from '../../src/metrics/display-width.ts';

// The sequences are what is read here.
// oxlint-disable-next-line no-control-regex
const SEQUENCE = /\u001b\[(\d*)([A-Za-z])/y;

export class FakeTerminal implements Terminal {
  isInteractive = true;
  columns = 80;
  rows = 24;
  /** Everything that was written, as it was. */
  written = '';
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  write(text: string): void {
    this.written += text;
    for (let index = 0; index < text.length;) {
      SEQUENCE.lastIndex = index;
      const [sequence, count = '', command] = SEQUENCE.exec(text) ?? [];
      if (sequence !== undefined) this.#control(command, count === '' ? 1 : Number(count));
      else this.#character(text[index] ?? '');
      index += sequence?.length ?? 1;
    }
  }

  /** What a person sees, scrolled-out lines included, without blank lines at the end. */
  get screen(): readonly string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** What was written, without colours and without what was drawn in place. */
  get text(): string {
    return stripVTControlCharacters(this.written);
  }

  get isCursorAtLineStart(): boolean {
    return this.#column === 0;
  }

  #character(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#newLine();
    else {
      if (this.#column + displayWidth(character) > this.columns) this.#newLine();
      const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column += displayWidth(character);
    }
  }

  #newLine(): void {
    this.#row++;
    this.#column = 0;
    this.#lines[this.#row] ??= '';
  }

  #control(command: string | undefined, count: number): void {
    const line = this.#lines[this.#row] ?? '';
    switch (command) {
      case 'A':
        this.#row = Math.max(0, this.#row - count);
        return;
      case 'K':
        this.#lines[this.#row] = line.slice(0, this.#column);
        return;
      case 'J':
        this.#lines[this.#row] = line.slice(0, this.#column);
        this.#lines.length = this.#row + 1;
        return;
      case 'm':
        return;
      default:
        throw new Error(`The fake terminal does not know '${command}'`);
    }
  }
}
