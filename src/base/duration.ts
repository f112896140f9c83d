/**
 * Durations and memory sizes as in Flink's configuration: '10 min', '500 ms', '1 d'; '20 kb', '1 gb', '64 mebibytes'.
 * Units are matched without regard to case; a plain number is ms or bytes. Sizes are powers of 1024 (as in Flink).
 */
const DURATION_UNITS_MS: ReadonlyMap<string, number> = unitTable([
  [1e-6, ['ns', 'nano', 'nanosecond', 'nanoseconds']],
  [1e-3, ['µs', 'us', 'micro', 'microsecond', 'microseconds']],
  [1, ['ms', 'milli', 'millisecond', 'milliseconds']],
  [1000, ['s', 'sec', 'second', 'seconds']],
  [60_000, ['m', 'min', 'minute', 'minutes']],
  [3_600_000, ['h', 'hour', 'hours']],
  [86_400_000, ['d', 'day', 'days']],
]);

const SIZE_UNITS_BYTES: ReadonlyMap<string, number> = unitTable([
  [1, ['b', 'bytes']],
  [1024, ['k', 'kb', 'kibibytes']],
  [1024 ** 2, ['m', 'mb', 'mebibytes']],
  [1024 ** 3, ['g', 'gb', 'gibibytes']],
  [1024 ** 4, ['t', 'tb', 'tebibytes']],
]);

/** ms as a number, or a text with a unit. */
export type Duration = number | string;

/** ms; undefined when the text is not a duration. Never negative. */
export function parseDuration(duration: Duration): number | undefined {
  return parseQuantity(duration, DURATION_UNITS_MS);
}

/** bytes; undefined when the text is not a size. */
export function parseMemorySize(size: number | string): number | undefined {
  const bytes = parseQuantity(size, SIZE_UNITS_BYTES);
  return bytes === undefined ? undefined : Math.floor(bytes);
}

function parseQuantity(quantity: number | string, units: ReadonlyMap<string, number>): number | undefined {
  if (typeof quantity === 'number') return Number.isFinite(quantity) && quantity >= 0 ? quantity : undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-zµ]*)\s*$/i.exec(quantity);
  if (match === null) return undefined;
  const [, digits = '', unit = ''] = match;
  const factor = unit === '' ? 1 : units.get(unit.toLowerCase());
  return factor === undefined ? undefined : Number(digits) * factor;
}

function unitTable(rows: readonly (readonly [number, readonly string[]])[]): Map<string, number> {
  return new Map(rows.flatMap(([factor, names]) => names.map((name): [string, number] => [name, factor])));
}

/** '1.2 s', '350 ms', '2 min 5 s': for messages and status lines. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** '12.3 MB' in powers of 1024, as Flink counts them. */
export function formatMemorySize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
