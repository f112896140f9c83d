// The reference pages say what the tables say, no less and no more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTION_GROUPS } from '../../scripts/reference/option-groups.ts';
import { referencePages } from '../../scripts/print-reference.ts';
import { ERROR_CATALOGUE } from '../../src/base/error-catalogue.ts';
import { createProgram } from '../../src/cli/program.ts';
import { Configuration } from '../../src/config/configuration.ts';
import { parseConfig } from '../../src/config/files.ts';
import { ALL_OPTIONS } from '../../src/config/options.ts';

const root = join(import.meta.dirname, '../..');

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** First cells of all tables, without what stands beside the first code span. */
function documented(path: string, pattern: RegExp): readonly string[] {
  return read(path)
    .split('\n')
    .flatMap((line) => pattern.exec(line)?.[1] ?? []);
}

describe('reference pages', () => {
  it.each([...referencePages().keys()])('%s is as npm run docs:reference writes it', (path) => {
    expect(read(path)).toBe(referencePages().get(path));
  });

  it('docs/errors.md has every code of the catalogue once, and no other', () => {
    const codes = documented('docs/errors.md', /^\| `([A-Z_]+)` \|/);
    expect(codes.toSorted()).toEqual(Object.keys(ERROR_CATALOGUE).toSorted());
  });

  it('docs/configuration.md has every option once, and no other', () => {
    const keys = documented('docs/configuration.md', /^\| `([\w.-]+)`[^|]* \|/);
    expect(keys).toEqual(ALL_OPTIONS.map(({ key }) => key));
    expect(OPTION_GROUPS.flatMap(({ options }) => options)).toEqual(ALL_OPTIONS);
  });

  it('docs/cli.md has every option of every command', () => {
    const program = createProgram({ version: '', args: [], jobArguments: [], onRun: () => Promise.resolve() });
    const flags = [program, ...program.commands].flatMap(({ options }) => options.map((option) => option.flags));
    const listed = documented('docs/cli.md', /^\| `([^`]+)` \|/);
    expect(listed.filter((flag) => flag !== '-h, --help').toSorted()).toEqual(flags.toSorted());
  });
});

describe('conf/config.yaml', () => {
  it('sets nothing as it is', () => {
    expect(parseConfig(read('conf/config.yaml'), 'conf/config.yaml')).toEqual([]);
  });

  it('is valid with every option uncommented', () => {
    const text = read('conf/config.yaml').replaceAll(/^# (?=[\w.-]+: )/gm, '');
    const settings = parseConfig(text, 'conf/config.yaml');
    expect(settings.map(({ key }) => key)).toEqual(ALL_OPTIONS.map(({ key }) => key));
    expect(() => Configuration.of(settings)).not.toThrow();
  });
});
