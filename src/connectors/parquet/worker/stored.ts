/** What a sound file has. Throws for a damaged one: a plain error, which becomes INPUT_UNREADABLE with the file's name. */
export function stored<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the file is damaged: it lacks ${what}`);
  return value;
}
