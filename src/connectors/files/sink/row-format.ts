/** How the file sink writes a value: one or more whole lines of text. */
export interface RowFormat<T> {
  /** Of the final file name: '.jsonl'. */
  readonly suffix: string;
  /** At the beginning of each file, with its line end; '' for none. */
  readonly header: string;
  /** The value's text with its line end. */
  format(value: T): string;
}

/** The value as a line; what it contains is not looked at, so a text with line ends becomes several lines. */
export const textFormat: RowFormat<string> = {
  suffix: '.txt',
  header: '',
  format: (value) => `${value}\n`,
};
