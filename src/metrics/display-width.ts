/** How many columns of a terminal a text takes, and texts made to fit. For texts without styling. */

/** Two columns: East Asian wide and full-width characters, and most emoji. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

/** None: joiners, variation selectors and their like. */
const INVISIBLE: readonly (readonly [number, number])[] = [
  [0x200b, 0x200f],
  [0xfe00, 0xfe0f],
];

const COMBINING = /^\p{Mark}$/u;
// Control characters are exactly what this is about: they would move the cursor or change the screen.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Cut with an ellipsis where the text is too wide. */
export function fitWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  let taken = 0;
  let fitting = '';
  for (const character of text) {
    taken += characterWidth(character);
    if (taken > width - 1) break;
    fitting += character;
  }
  return `${fitting}…`;
}

export function padWidth(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + padding : padding + text;
}

/** One line that a terminal shows as it is: names come from users and may hold anything. */
export function printable(text: string): string {
  return text.replace(CONTROL, '?');
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (COMBINING.test(character) || isWithin(code, INVISIBLE)) return 0;
  return isWithin(code, WIDE) ? 2 : 1;
}

function isWithin(code: number, ranges: readonly (readonly [number, number])[]): boolean {
  return ranges.some(([from, to]) => code >= from && code <= to);
}
