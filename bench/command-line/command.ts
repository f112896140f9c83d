/** A command of `npm run bench -- <name>`. */
export interface Command {
  readonly usage: string;
  /**
   * Reads the flags and returns what is to be done, which settles with the exit code.
   * @throws TypeError when a flag is unknown or wrong
   */
  prepare(args: readonly string[]): () => Promise<number>;
}
