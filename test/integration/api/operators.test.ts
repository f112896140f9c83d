/**
 * What each operator gives, against plain loops over the same records: on both hosts, at several parallelisms, and stopped and
 * resumed at other ones in the middle.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bigintText, BRANCHES, KEYS, reading } from '../../support/jobs/operator-tour.ts';
import type { Reading } from '../../support/jobs/operator-tour.ts';
import { HOSTS, outputFolder, outputLines, runJob } from '../../support/run-job.ts';
import { describeValue } from '../../support/describe-value.ts';

const RECORDS = 600;
const READINGS = Array.from({ length: RECORDS }, (_, id) => reading(id));

/** The value after each reading, folded by key: what a rolling operator emits. */
function rolled<K, T>(
  keyOf: (reading: Reading) => K,
  first: (reading: Reading) => T,
  next: (before: T, reading: Reading) => T,
): T[] {
  const latest = new Map<K, T>();
  return READINGS.map((each) => {
    const key = keyOf(each);
    const before = latest.get(key);
    const after = before === undefined ? first(each) : next(before, each);
    latest.set(key, after);
    return after;
  });
}

const bySensor = <T>(first: (reading: Reading) => T, next: (before: T, reading: Reading) => T): T[] =>
  rolled(({ sensor }) => sensor, first, next);

const same = (each: Reading): Reading => each;
const better = (isBetter: (candidate: Reading, best: Reading) => boolean) => (best: Reading, each: Reading) =>
  isBetter(each, best) ? each : best;

function countOfKey(keyOf: (reading: Reading) => unknown): unknown[] {
  return rolled(
    (each) => {
      const key = keyOf(each);
      return Object.is(key, -0) ? '0' : describeKey(key);
    },
    ({ id }) => ({ id, count: 1 }),
    ({ count }, { id }) => ({ id, count: count + 1 }),
  );
}

/** Equal for what is equal as a key, whatever the order of an object's fields. */
function describeKey(key: unknown): string {
  if (typeof key !== 'object' || key === null || key instanceof Date || Array.isArray(key)) return describeValue(key);
  return describeValue(Object.fromEntries(Object.entries(key).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

const EXPECTED: Readonly<Record<string, (parallelism: number) => readonly unknown[]>> = {
  map: () => READINGS.map(({ id, value }) => ({ id, twice: value * 2 })),
  'rich map': (subtasks) => READINGS.map(({ id }) => ({ id, opened: true, subtasks })),
  filter: () => READINGS.filter(({ value }) => value > 0),
  'filter by type': () => READINGS.filter(({ value }) => value === 50).map(() => 50),
  flatMap: () => READINGS.flatMap(({ id, tags }) => tags.map((tag) => `${id} ${tag}`)),
  'rich flatMap': () => [{ records: RECORDS }],
  process: () => READINGS.filter(({ id }) => id % 5 === 0).map(({ id }) => `${id} at ${id * 10}`),
  'side output': () => READINGS.map(({ id }) => id).filter((id) => id % 2 === 1),
  'other side output': () => READINGS.map(({ id }) => id).filter((id) => id % 3 === 0),
  'process behind a key': () => READINGS.filter(({ id }) => id % 5 === 0).map(({ id }) => `${id} at ${id * 10}`),
  reduce: () =>
    bySensor(
      ({ id, value, text }) => ({ id, value, text }),
      ({ value, text }, each) => ({ id: each.id, value: value + each.value, text }),
    ),
  'reduce in place': () =>
    bySensor(
      ({ id, sensor }) => ({ ids: [id], sensor }),
      ({ ids, sensor }, { id }) => ({ ids: [...ids, id % 10], sensor }),
    ),
  sum: () => bySensor(same, (sum, { value }) => ({ ...sum, value: sum.value + value })),
  'sum of bigints': () => bySensor(same, (sum, { big }) => ({ ...sum, big: sum.big + big })),
  'sum of a nested field': () =>
    bySensor(same, (sum, { place }) => ({ ...sum, place: { ...sum.place, height: sum.place.height + place.height } })),
  'sum of an element': () =>
    bySensor(
      ({ sensor, value }) => [sensor, value],
      ([sensor, sum = 0], { value }) => [sensor ?? 0, sum + value],
    ),
  min: () => bySensor(same, (least, { value }) => ({ ...least, value: Math.min(least.value, value) })),
  max: () => bySensor(same, (most, { text }) => ({ ...most, text: text > most.text ? text : most.text })),
  minBy: () =>
    bySensor(
      same,
      better((each, best) => each.place.height < best.place.height),
    ),
  'minBy, last': () =>
    bySensor(
      same,
      better((each, best) => each.place.height <= best.place.height),
    ),
  maxBy: () =>
    bySensor(
      same,
      better((each, best) => each.at > best.at),
    ),
  'maxBy, last': () =>
    bySensor(
      same,
      better((each, best) => each.at >= best.at),
    ),
  'a hash of its own': () =>
    rolled(
      ({ text }) => text.length,
      () => 1,
      (count) => count + 1,
    ),
  ...Object.fromEntries(Object.entries(KEYS).map(([name, keyOf]) => [`key: ${name}`, () => countOfKey(keyOf)])),
};

/** Keys that more than one source subtask has: only how often each count comes is certain. */
const COUNTED_IN_ANY_ORDER = new Set(
  ['negative zero', 'boolean', 'array', 'object', 'number, bigint or text'].map((key) => `key: ${key}`),
);

function expectTour(folder: string, parallelism: number): void {
  expect(Object.keys(EXPECTED)).toEqual(Object.keys(BRANCHES));
  const wrong: Record<string, unknown> = {};
  for (const [name, expectedOf] of Object.entries(EXPECTED)) {
    const isCounted = COUNTED_IN_ANY_ORDER.has(name);
    const shown = (line: string): string => (isCounted ? line.replace(/"id":\d+,/, '') : line);
    const expected = expectedOf(parallelism).map((value) => shown(JSON.stringify(value, bigintText)));
    const actual = outputLines(join(outputFolder(folder), name.replaceAll(' ', '-'))).map(shown);
    const missing = difference(expected, actual);
    const surplus = difference(actual, expected);
    if (missing.length + surplus.length > 0)
      wrong[name] = { missing: missing.slice(0, 5), surplus: surplus.slice(0, 5) };
  }
  expect(wrong).toEqual({});
}

/** Of multisets. */
function difference(a: readonly string[], b: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of b) left.set(line, (left.get(line) ?? 0) + 1);
  return a.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

describe.each(HOSTS)('operators on %s', (host) => {
  it.each([1, 2, 3])('give what a loop gives at parallelism %i', async (parallelism) => {
    const { folder, result } = await runJob('operator-tour', { host, parallelism });
    expect(result).toMatchObject({ outcome: 'FINISHED', recordsIn: RECORDS });
    expectTour(folder, parallelism);
  });
});
