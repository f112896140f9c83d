/** One configuration option. Keys, units, defaults and limits are Flink's unless the documentation of the option says otherwise. */
import { parseDuration, parseMemorySize } from '../base/duration.ts';

export interface Option<T> {
  readonly key: string;
  /** Former names that are read as well, as in Flink. */
  readonly aliases: readonly string[];
  /** As the documentation shows it. */
  readonly type: string;
  /** Undefined: not set. */
  readonly defaultValue: T;
  /** The default as one would write it. */
  readonly defaultText: string;
  /** What values are allowed, for messages: 'a duration of at least 10 ms'. */
  readonly allowed: string;
  /** One or two sentences. */
  readonly doc: string;
  /** Undefined when the text is not an allowed value. */
  readonly parse: (text: string) => T | undefined;
}

interface OptionTexts {
  readonly doc: string;
  readonly aliases?: readonly string[];
}

export function durationOption(
  key: string,
  defaultText: string,
  options: OptionTexts & { readonly minMs?: number },
): Option<number> {
  const minMs = options.minMs ?? 0;
  const parse = (text: string): number | undefined => {
    const ms = parseDuration(text);
    return ms === undefined || ms < minMs ? undefined : ms;
  };
  return {
    ...texts(key, options),
    type: 'duration',
    defaultText,
    defaultValue: parse(defaultText) ?? minMs,
    allowed:
      minMs > 0 ? `a duration of at least ${minMs} ms, such as '10 s'` : "a duration, such as '500 ms' or '10 s'",
    parse,
  };
}

/** A duration that has no default: not set means that what it bounds does not happen. */
export function optionalDurationOption(
  key: string,
  options: OptionTexts & { readonly minMs?: number },
): Option<number | undefined> {
  return {
    ...durationOption(key, `${options.minMs ?? 0} ms`, options),
    defaultText: '(none)',
    defaultValue: undefined,
  };
}

export function integerOption(
  key: string,
  defaultValue: number,
  options: OptionTexts & { readonly min: number; readonly max?: number },
): Option<number> {
  const { min, max = 2 ** 31 - 1 } = options;
  const parse = (text: string): number | undefined => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  };
  const allowed = max === 2 ** 31 - 1 ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`;
  return { ...texts(key, options), type: 'integer', defaultText: String(defaultValue), defaultValue, allowed, parse };
}

export function optionalIntegerOption(
  key: string,
  defaultText: string,
  options: OptionTexts & { readonly min: number; readonly max?: number },
): Option<number | undefined> {
  return { ...integerOption(key, options.min, options), defaultText, defaultValue: undefined };
}

export function doubleOption(
  key: string,
  defaultValue: number,
  options: OptionTexts & { readonly allowed: string; readonly isAllowed: (value: number) => boolean },
): Option<number> {
  const parse = (text: string): number | undefined => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) && options.isAllowed(value) ? value : undefined;
  };
  return {
    ...texts(key, options),
    type: 'double',
    defaultText: String(defaultValue),
    defaultValue,
    allowed: options.allowed,
    parse,
  };
}

export function booleanOption(key: string, defaultValue: boolean, options: OptionTexts): Option<boolean> {
  const values: ReadonlyMap<string, boolean> = new Map([
    ['true', true],
    ['false', false],
  ]);
  return {
    ...texts(key, options),
    type: 'boolean',
    defaultText: String(defaultValue),
    defaultValue,
    allowed: 'true or false',
    parse: (text) => values.get(text.trim().toLowerCase()),
  };
}

/** Names are matched without regard to case, with '_' and '-' alike, and may have other spellings. */
export function enumOption<T extends string>(
  key: string,
  values: readonly T[],
  defaultValue: T,
  options: OptionTexts & { readonly spellings?: Readonly<Record<string, T>> },
): Option<T> {
  const bySpelling = new Map<string, T>(values.map((value) => [normalized(value), value]));
  for (const [spelling, value] of Object.entries(options.spellings ?? {})) bySpelling.set(normalized(spelling), value);
  return {
    ...texts(key, options),
    type: 'enum',
    defaultText: defaultValue,
    defaultValue,
    allowed: `one of ${values.join(', ')}`,
    parse: (text) => bySpelling.get(normalized(text)),
  };
}

export function optionalEnumOption<T extends string>(
  key: string,
  values: readonly [T, ...T[]],
  defaultText: string,
  options: OptionTexts & { readonly spellings?: Readonly<Record<string, T>> },
): Option<T | undefined> {
  return { ...enumOption(key, values, values[0], options), defaultText, defaultValue: undefined };
}

export function optionalStringOption(
  key: string,
  defaultText: string,
  options: OptionTexts,
): Option<string | undefined> {
  return {
    ...texts(key, options),
    type: 'string',
    defaultText,
    defaultValue: undefined,
    allowed: 'a text that is not empty',
    parse: (text) => (text.trim() === '' ? undefined : text.trim()),
  };
}

export function optionalMemorySizeOption(
  key: string,
  defaultText: string,
  options: OptionTexts & { readonly minBytes: number },
): Option<number | undefined> {
  return {
    ...texts(key, options),
    type: 'memory size',
    defaultText,
    defaultValue: undefined,
    allowed: `a memory size of at least ${options.minBytes / 1024 / 1024} mb, such as '4 gb'`,
    parse: (text) => {
      const bytes = parseMemorySize(text);
      return bytes === undefined || bytes < options.minBytes ? undefined : bytes;
    },
  };
}

function texts(key: string, { doc, aliases }: OptionTexts): Pick<Option<unknown>, 'key' | 'doc' | 'aliases'> {
  return { key, doc, aliases: aliases ?? [] };
}

function normalized(text: string): string {
  return text.trim().toLowerCase().replaceAll('_', '-');
}
