/** The tables of ARCHITECTURE.md against the code: numbered invariants, and limits in both directions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_OPTIONS } from '../../src/config/options.ts';
import { readPage, repository } from '../support/documentation.ts';

/** Rows of the tables of a section, split into cells. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = readPage('ARCHITECTURE.md').split(`\n## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  const isData = (line: string): boolean => line.startsWith('| ') && !/^\|( -+ \|)+$|^\| (what )?\|/.test(line);
  return text
    .split('\n')
    .filter(isData)
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')))
    .filter(([first]) => first !== 'what');
}

const invariants = rowsOf('9 Invariants').filter(([number]) => number !== '');
const limits = rowsOf('10 Limits');

describe('the invariants', () => {
  it('are numbered in ascending order', () => {
    const numbers = invariants.map(([number]) => Number(number));
    expect(numbers.length).toBeGreaterThan(30);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('each say where they are asserted and what attacks them', () => {
    const incomplete = invariants.filter(
      ([, , asserted = '', attacked = '']) => asserted === '' || !/\]\((src|test)\//.test(attacked),
    );
    expect(incomplete).toEqual([]);
  });
});

interface NamedConstant {
  readonly name: string;
  readonly file: string;
  readonly bound: string;
}

const namedConstants = limits.flatMap(([, bound = '', where = '']): NamedConstant[] =>
  [...where.matchAll(/`([A-Z][A-Z0-9_]+)` in \[[^\]]+\]\(([^)]+)\)/g)].map(([, name = '', file = '']) => ({
    name,
    file,
    bound,
  })),
);

/** The number that a constant is set to, or undefined when it is not a plain one. */
function valueOf(file: string, name: string): number | undefined {
  const text = readFileSync(join(repository, file), 'utf8');
  const [, expression] = new RegExp(`const ${name}(?:: number)? = ([\\d_.* ]+);`).exec(text) ?? [];
  if (expression === undefined) return undefined;
  return expression
    .replaceAll('_', '')
    .split(/ (?=\*\*? )/)
    .reduce((value, factor) => {
      const [, operator, operand = ''] = /^(\*\*?)? ?([\d.]+)$/.exec(factor.trim()) ?? [];
      if (operator === '**') return value ** Number(operand);
      return operator === '*' ? value * Number(operand) : Number(operand);
    }, 1);
}

/** How a number may be written: as it is, as a size, as a time, as a share. */
function spellings(value: number): readonly string[] {
  return [
    value.toLocaleString('en'),
    `${value / 1024} KiB`,
    `${value / 1024 / 1024} MiB`,
    `${value} ms`,
    `${value / 1000} s`,
    `${Math.round(value * 100)} %`,
    ...(value === 1000 ? ['each second'] : []),
  ];
}

describe('the limits', () => {
  it('have the value that the code has', () => {
    const wrong = namedConstants.filter(({ name, file, bound }) => {
      if (name === 'STEP_LIMITS') return !/128 and 256/.test(bound);
      const value = valueOf(file, name);
      return value === undefined || !spellings(value).some((text) => bound.includes(text));
    });
    expect(wrong).toEqual([]);
  });

  it('name options that exist, with their defaults', () => {
    const options = new Map(ALL_OPTIONS.map((option) => [option.key, option.defaultText]));
    const wrong = limits.flatMap(([what = '', bound = '', where = '']) =>
      [...where.matchAll(/`([a-z][\w-]*(?:\.[\w-]+)+)`/g)]
        .map(([, key = '']) => key)
        .filter((key) => !bound.includes(options.get(key) ?? 'no such option'))
        .map((key) => `${what}: ${key}`),
    );
    expect(wrong).toEqual([]);
  });

  it('are all there', () => {
    const known = new Set(namedConstants.map(({ name, file }) => `${file} ${name}`));
    const forgotten = limitsInCode().filter((limit) => !known.has(limit) && !NOT_A_LIMIT.has(limit));
    expect(forgotten).toEqual([]);
  });
});

/** Constants that are named like limits and bound nothing that could grow. */
const NOT_A_LIMIT: ReadonlySet<string> = new Set([
  // Largest values of a format.
  'src/exchange/frame-writer.ts KEY_GROUP_MAX',
  'src/exchange/frame-writer.ts RECORD_HEADER_BYTES_MAX',
  'src/exchange/ring-writer.ts CHECKPOINT_ID_MAX',
  'src/connectors/files/source/line-cutter.ts NOT_COUNTED_MAX',
  // The same limit under another layer's name, and Flink's word for none.
  'src/launch/run-settings.ts NO_LIMIT',
  'src/state/key-groups.ts MAX_PARALLELISM_LIMIT',
  // Which of two ways is taken.
  'src/state/timers/timer-bucket.ts SEARCH_LENGTH_MAX',
  // How much of something is shown.
  'src/base/redact.ts DEPTH_MAX',
  'src/connectors/print/format-value.ts DEPTH_MAX',
  'src/cli/error-report.ts FRAMES_MAX',
  'src/cli/error-report.ts CAUSES_MAX',
]);

/** 'file NAME' of constants that are numbers and named like limits. What only shows, simulates or tests is left out. */
function limitsInCode(): readonly string[] {
  const isProduction = (file: string): boolean =>
    file.endsWith('.ts') && !file.endsWith('.test.ts') && !/^(metrics|testing|host\/sim|cli\/display)\//.test(file);
  return readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(isProduction)
    .flatMap((file) => {
      const text = readFileSync(join(repository, 'src', file), 'utf8');
      const names = text.matchAll(
        /^(?:export )?const ([A-Z][A-Z0-9_]*_(?:MAX|LIMIT|KEPT|AHEAD|REMEMBERED|TIMEOUT_MS))(?:: number)? = [\d(]/gm,
      );
      return [...names].map(([, name = '']) => `src/${file} ${name}`);
    });
}
