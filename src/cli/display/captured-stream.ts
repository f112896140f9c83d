/**
 * While lines are drawn in place, what anybody else writes to the terminal (console.log of a job, warnings of Node) has to go above
 * them. `print()` of a job writes past this, straight to the file descriptor; then nothing is drawn in place at all.
 */
export interface WritableLike {
  write: (chunk: string | Uint8Array, ...rest: never[]) => boolean;
}

export class CapturedStream {
  readonly #stream: WritableLike;
  readonly #original: WritableLike['write'];
  readonly #print: (wholeLines: string) => void;
  readonly #decoder = new TextDecoder();
  /** The beginning of a line whose end is still to come. */
  #partial = '';

  constructor(stream: WritableLike, print: (wholeLines: string) => void) {
    this.#stream = stream;
    this.#original = stream.write;
    this.#print = print;
    stream.write = (chunk, ...rest: readonly unknown[]): boolean => {
      this.#take(typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true }));
      const written = rest.find((argument) => typeof argument === 'function');
      if (written !== undefined) queueMicrotask(() => void written());
      return true;
    };
  }

  /** Gives the stream back, and what is left of an unfinished line. */
  release(): void {
    this.#stream.write = this.#original;
    if (this.#partial !== '') this.#print(`${this.#partial}\n`);
    this.#partial = '';
  }

  #take(text: string): void {
    const whole = this.#partial + text;
    const end = whole.lastIndexOf('\n') + 1;
    this.#partial = whole.slice(end);
    if (end > 0) this.#print(whole.slice(0, end));
  }
}
