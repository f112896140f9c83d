/** Values of flags, checked. */

/** @throws TypeError */
export function countFlag(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new TypeError(`'--${name}' is '${text}' and must be an integer of at least ${least}`);
  }
  return value;
}

/** @throws TypeError */
export function namedFlag<Name extends string>(name: string, text: string, known: readonly Name[]): Name {
  const found = known.find((other) => other === text);
  if (found === undefined) throw new TypeError(`There is no ${name} '${text}': it is one of ${known.join(', ')}`);
  return found;
}
