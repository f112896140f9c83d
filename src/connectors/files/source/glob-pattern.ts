/**
 * File name patterns: `*` and `?` within one name, `**` over folders, `[a-z]` and `[!a-z]`, `{a,b}` (not nested). A pattern
 * matches a whole path; `*`, `?` and `[...]` never match '/'.
 */
import { MillraceError } from '../../../base/errors.ts';

const MAGIC = /[*?[{]/;

export function hasGlob(path: string): boolean {
  return MAGIC.test(path);
}

/** The folder above the first part with a pattern: where the search begins. '' stands for the current folder. */
export function globBase(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.findIndex((part) => hasGlob(part));
  const base = parts.slice(0, first < 0 ? parts.length : first).join('/');
  return base === '' && pattern.startsWith('/') ? '/' : base;
}

/** Throws JOB_DEFINITION_INVALID for a bracket that is not closed. */
export function globToRegExp(pattern: string): RegExp {
  let source = '';
  let position = 0;
  while (position < pattern.length) {
    const [piece, length] = translate(pattern, position);
    source += piece;
    position += length;
  }
  return new RegExp(`^${source}$`, 'su');
}

/**
 * For include and exclude: a pattern without '/' is held against the file's name, one with '/' against its path below the folder
 * that is read.
 */
export function matchesAny(patterns: readonly RelativePattern[], relativePath: string): boolean {
  const name = relativePath.slice(relativePath.lastIndexOf('/') + 1);
  return patterns.some(({ regExp, isForName }) => regExp.test(isForName ? name : relativePath));
}

export interface RelativePattern {
  readonly regExp: RegExp;
  readonly isForName: boolean;
}

export function relativePattern(pattern: string): RelativePattern {
  return { regExp: globToRegExp(pattern), isForName: !pattern.includes('/') };
}

/** The regular expression of the part that begins at `position`, and how many characters it covers. */
function translate(pattern: string, position: number): readonly [string, number] {
  const rest = pattern.slice(position);
  if (rest.startsWith('**/')) return ['(?:[^/]+/)*', 3];
  if (rest.startsWith('**')) return ['.*', 2];
  const character = String.fromCodePoint(pattern.codePointAt(position) ?? 0);
  switch (character) {
    case '*':
      return ['[^/]*', 1];
    case '?':
      return ['[^/]', 1];
    case '[':
      return translateClass(pattern, rest);
    case '{':
      return translateAlternatives(pattern, rest);
    default:
      return [escape(character), character.length];
  }
}

function translateClass(pattern: string, rest: string): readonly [string, number] {
  const match = /^\[(!?)(\]?[^\]/]*)\]/u.exec(rest);
  if (match === null) throw unclosed(pattern, '[');
  const [whole, negation = '', members = ''] = match;
  const escaped = members.replace(/[\\[\]^&]/gu, String.raw`\$&`);
  return [negation === '' ? `[${escaped}]` : `[^/${escaped}]`, whole.length];
}

function translateAlternatives(pattern: string, rest: string): readonly [string, number] {
  const end = rest.indexOf('}');
  if (end < 0) throw unclosed(pattern, '{');
  const alternatives = rest.slice(1, end).split(',');
  if (alternatives.some((alternative) => hasGlob(alternative))) {
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      `Reading the pattern '${pattern}' failed: a pattern inside '{ }' is not supported`,
    );
  }
  return [`(?:${alternatives.map((alternative) => escape(alternative)).join('|')})`, end + 1];
}

function unclosed(pattern: string, bracket: string): MillraceError {
  return new MillraceError(
    'JOB_DEFINITION_INVALID',
    `Reading the pattern '${pattern}' failed: a '${bracket}' is not closed`,
  );
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
