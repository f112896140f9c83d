/** Who a job directory belongs to. Kept in `identity.json`, so that two modules cannot take each other's state by accident. */
import { MillraceError, messageOf } from '../../base/errors.ts';
import { jobId } from '../../base/ids.ts';
import type { JobId } from '../../base/ids.ts';
import type { StringBytes } from '../../base/string-bytes.ts';
import { murmur3Hex } from '../../graph/murmur3-128.ts';

export interface JobIdentity {
  readonly jobName: string;
  /** The job's module relative to the nearest package.json; undefined for jobs that are no module. */
  readonly module: string | undefined;
  /** The name in that package.json. */
  readonly packageName: string | undefined;
}

/** --job-id, or a hash of the name. */
export function jobIdOf(jobName: string, explicitId?: string): JobId {
  if (explicitId === undefined) return jobId(murmur3Hex(jobName));
  if (!/^[0-9a-f]{32}$/.test(explicitId)) {
    throw new MillraceError(
      'CONFIG_INVALID',
      `Reading --job-id failed: '${explicitId}' is not 32 hex digits in lower case`,
    );
  }
  return jobId(explicitId);
}

/** A job may be renamed under an explicit id; the module is what tells two jobs apart. */
export function isSameModule(a: JobIdentity, b: JobIdentity): boolean {
  return a.module === b.module && a.packageName === b.packageName;
}

export function describeModule({ module, packageName }: JobIdentity): string {
  const name = module === undefined ? 'a job without module' : `'${module}'`;
  return packageName === undefined ? name : `${name} of package '${packageName}'`;
}

export function encodeIdentity(identity: JobIdentity, strings: StringBytes): Uint8Array {
  return encodeJson(identity, strings);
}

/** Throws CHECKPOINT_CORRUPT. */
export function decodeIdentity(bytes: Uint8Array, file: string, strings: StringBytes): JobIdentity {
  const { jobName, module, packageName } = decodeJson(bytes, file, strings);
  if (typeof jobName !== 'string') throw corrupt(file, `its name is ${typeof jobName}`);
  return {
    jobName,
    module: typeof module === 'string' ? module : undefined,
    packageName: typeof packageName === 'string' ? packageName : undefined,
  };
}

/** Who holds the lock: for the message, never for a decision. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  readonly sinceMs: number;
}

export function encodeLockHolder(holder: LockHolder, strings: StringBytes): Uint8Array {
  return encodeJson(holder, strings);
}

/** undefined for anything that cannot be read: the file is not durable and may be half written. */
export function decodeLockHolder(bytes: Uint8Array, strings: StringBytes): LockHolder | undefined {
  try {
    const { host, pid, sinceMs } = decodeJson(bytes, 'running.json', strings);
    const isWhole = typeof host === 'string' && typeof pid === 'number' && typeof sinceMs === 'number';
    return isWhole ? { host, pid, sinceMs } : undefined;
  } catch {
    return undefined;
  }
}

function encodeJson(value: object, strings: StringBytes): Uint8Array {
  const text = `${JSON.stringify(value)}\n`;
  const bytes = new Uint8Array(strings.utf8Length(text));
  strings.writeUtf8(bytes, text, 0);
  return bytes;
}

function decodeJson(bytes: Uint8Array, file: string, strings: StringBytes): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(strings.readUtf8(bytes, 0, bytes.length));
    if (typeof value !== 'object' || value === null) throw new Error(`it holds ${typeof value}`);
    // Each field is checked by the caller.
    return value as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw corrupt(file, messageOf(error));
  }
}

function corrupt(file: string, why: string): MillraceError {
  return new MillraceError('CHECKPOINT_CORRUPT', `Reading '${file}' failed: ${why}`);
}
