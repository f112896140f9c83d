/** Links and paths in the documents lead somewhere: relative links with their headings, and every path of the repository in code style. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allPages, proseOf, readPage, repository } from '../support/documentation.ts';

interface Reference {
  readonly page: string;
  readonly line: number;
  readonly target: string;
}

/** Folders whose files the documents name by their path in the repository. */
const NAMED_FOLDERS = ['src', 'test', 'scripts', 'examples', 'docs', 'bench', 'bin'];

function referencesIn(page: string, pattern: RegExp): readonly Reference[] {
  return proseOf(page)
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(pattern)].map(([, target = '']) => ({ page, line: index + 1, target })),
    );
}

function relativeLinks(page: string): readonly Reference[] {
  return referencesIn(page, /\]\(([^)\s]+)\)/g).filter(({ target }) => !/^[a-z]+:/.test(target));
}

/** `src/task/mailbox.ts`, also with a pattern in its last parts (`src/**`), and without what stands behind a space or colon. */
function namedPaths(page: string): readonly Reference[] {
  return referencesIn(page, /`([^`]+)`/g).flatMap((reference) => {
    const [path = ''] = reference.target.split(/[\s:*<{]/);
    return NAMED_FOLDERS.includes(path.split('/')[0] ?? '') && path.includes('/')
      ? [{ ...reference, target: path.replace(/\/[^/]*$/, (last) => (reference.target === path ? last : '/')) }]
      : [];
  });
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = readPage(page)
    .replaceAll(/^```\w*\n.*?^```$/gms, '')
    .matchAll(/^#+ (.*)$/gm);
  const anchors = [...headings].map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(anchors);
}

function isThere({ page, target }: Reference): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(repository, file))) return false;
  return anchor === undefined || (file.endsWith('.md') && anchorsOf(file).has(anchor));
}

const show = ({ page, line, target }: Reference): string => `${page}:${line}: ${target}`;

describe('the documents', () => {
  it('link only to files and headings that exist', () => {
    const broken = allPages()
      .flatMap(relativeLinks)
      .filter((link) => !isThere(link));
    expect(broken.map(show)).toEqual([]);
  });

  it('name only paths that exist', () => {
    const missing = allPages()
      .flatMap(namedPaths)
      .filter(({ target }) => !existsSync(join(repository, target)));
    expect(missing.map(show)).toEqual([]);
  });
});

describe('the check of links', () => {
  it('sees the links of a page, a link that leads nowhere, and a heading that is not there', () => {
    expect(relativeLinks('ARCHITECTURE.md').length).toBeGreaterThan(50);
    expect(isThere({ page: 'README.md', line: 1, target: 'docs/nowhere.md' })).toBe(false);
    expect(isThere({ page: 'docs/glossary.md', line: 1, target: '../README.md#no-such-heading' })).toBe(false);
    expect(isThere({ page: 'docs/glossary.md', line: 1, target: '../ARCHITECTURE.md#7-layers' })).toBe(true);
  });
});
