import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as entry from './index.ts';

/** Goal of the main entry: whoever adds a name beyond it takes another one away, or gives it an entry of its own. */
const PUBLIC_NAMES_MAX = 100;

/** Every exported name, types included. */
function publicNames(): readonly string[] {
  const text = readFileSync(new URL('./index.ts', import.meta.url), 'utf8');
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map((match) => match[1] ?? '');
  return lists.flatMap((list) => list.split(',').map((name) => name.trim())).filter((name) => name !== '');
}

describe('the main entry', () => {
  test(`has at most ${PUBLIC_NAMES_MAX} names, each once`, () => {
    const names = publicNames();
    expect(names.length).toBeLessThanOrEqual(PUBLIC_NAMES_MAX);
    expect(new Set(names).size).toBe(names.length);
  });

  test('exports values under the names that it lists', () => {
    expect(Object.keys(entry).length).toBeGreaterThan(10);
    expect(publicNames()).toEqual(expect.arrayContaining(Object.keys(entry)));
  });
});
