import type { RowLayout, Rows } from './group-rows.ts';

/** Copies that are kept for the next snapshot. */
const COPIES_KEPT = 4096;

/**
 * Copies of chunks of rows. They come and go by the thousand with each snapshot; their memory is used again, for new typed arrays
 * would make the garbage collector run over everything that the state holds.
 */
export class ChunkCopies {
  /** All of the layout, and of a whole chunk. */
  readonly #kept: Rows[] = [];
  #layout: RowLayout | undefined;

  copyOf({ words, texts, layout }: Rows, firstRow: number, rowCount: number): Rows {
    const { stride, textStride } = layout;
    const source = words.subarray(firstRow * stride, (firstRow + rowCount) * stride);
    const copy = this.#take(layout, source.length);
    copy.words.set(source);
    for (let at = 0; at < rowCount * textStride; at++) copy.texts[at] = texts[firstRow * textStride + at];
    return copy;
  }

  giveBack(copy: Rows): void {
    if (copy.layout !== this.#layout) {
      this.#kept.length = 0;
      this.#layout = copy.layout;
    }
    if (this.#kept.length === COPIES_KEPT) return;
    // Old texts would be kept alive.
    copy.texts.fill(undefined);
    this.#kept.push(copy);
  }

  #take(layout: RowLayout, wordCount: number): Rows {
    const last = this.#kept.at(-1);
    if (last?.layout === layout && last.words.length === wordCount) {
      this.#kept.pop();
      return last;
    }
    const words = new Float64Array(wordCount);
    return { layout, words, ints: new Int32Array(words.buffer), texts: [] };
  }
}
