/**
 * The one place that keeps secrets out of logs, status, error messages and REST: values whose name contains password, secret or
 * token, and user info in URLs. What is replaced cannot be told apart by length.
 */
export const REDACTED = '******';

const SECRET_NAME = /password|secret|token/i;
/** Deeper parts of a value are left out: logs are no place for them. */
const DEPTH_MAX = 8;
/** Bounded, and below tried only where a name begins, so that a long line without blanks costs linear time. */
const NAME_AROUND = '[\\w.-]{0,64}';
const NAME = `${NAME_AROUND}(?:password|secret|token)${NAME_AROUND}`;

const URL_USER_INFO = /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#'"]{1,512}@/gi;
const ASSIGNED = new RegExp(`((?<![\\w.-])${NAME}\\s?=\\s?)("[^"]*"|'[^']*'|[^\\s&,;'"]+)`, 'gi');
const JSON_FIELD = new RegExp(`("${NAME}"\\s?:\\s?)("(?:[^"\\\\]|\\\\.)*"|-?[\\d.]+)`, 'gi');
const ARGUMENT = new RegExp(`(--${NAME} )(?!--)(\\S+)`, 'gi');

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A copy without secrets; errors become plain objects, what JSON cannot hold becomes text. */
export function redact(text: string): string;
export function redact(value: unknown): unknown;
export function redact(value: unknown): unknown {
  return redactValue(value, [], DEPTH_MAX);
}

function redactValue(value: unknown, path: readonly unknown[], depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value);
    case 'bigint':
    case 'symbol':
    case 'function':
      return String(value);
    case 'object':
      if (value === null) return null;
      if (path.includes(value)) return '[circular]';
      return depth === 0 ? '[...]' : redactObject(value, [...path, value], depth - 1);
    default:
      return value;
  }
}

function redactObject(value: object, path: readonly unknown[], depth: number): unknown {
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, path, depth));
  if (value instanceof Set) return [...value].map((item) => redactValue(item, path, depth));
  const entries =
    value instanceof Map ? [...value] : value instanceof Error ? errorEntries(value) : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, item]: readonly [unknown, unknown]): [string, unknown] => {
      const key = String(name);
      return [key, isSecretName(key) && isSensitive(item) ? REDACTED : redactValue(item, path, depth)];
    }),
  );
}

function errorEntries(error: Error): readonly (readonly [string, unknown])[] {
  const known = [['name', error.name] as const, ['message', error.message] as const, ['stack', error.stack] as const];
  const cause = error.cause === undefined ? [] : [['cause', error.cause] as const];
  return [...known, ...cause, ...Object.entries(error).filter(([name]) => name !== 'cause' && name !== 'name')];
}

/** An absent secret is no secret, and worth seeing. */
function isSensitive(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && typeof value !== 'boolean';
}

function redactText(text: string): string {
  const withoutUserInfo = text.includes('://') ? text.replace(URL_USER_INFO, `$1${REDACTED}@`) : text;
  if (!SECRET_NAME.test(withoutUserInfo)) return withoutUserInfo;
  return withoutUserInfo
    .replace(ASSIGNED, `$1${REDACTED}`)
    .replace(JSON_FIELD, `$1"${REDACTED}"`)
    .replace(ARGUMENT, `$1${REDACTED}`);
}
