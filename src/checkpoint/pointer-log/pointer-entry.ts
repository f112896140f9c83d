/**
 * One entry of the pointer log: immutable, one small text file each, so that a person can read it.
 *
 *   line 1  JSON, see `PointerEntry`, with "version": 1
 *   line 2  CRC-32 of line 1 without its line end, 8 hex digits
 */
import { MillraceError, messageOf } from '../../base/errors.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { checkpointId } from '../../base/ids.ts';
import type { MetadataCodecOptions } from '../metadata/encode-metadata.ts';

const POINTER_FORMAT_VERSION = 1;

/**
 * takeover    a process started and owns the job from here on; `restoreFrom`: it was told to start from this checkpoint
 *             (path of its directory) instead of the latest; `nextCheckpointId`: every folder chk-<n> that an earlier process
 *             may have made, and this one clears away, has a lower n. So no later start uses such an n again, and what an old
 *             process that wakes up does to its folder cannot meet a new one of the same name
 * checkpoint  this checkpoint is complete: its metadata was durable before the entry was made
 * finished    the job ended by itself (or was drained): the next start is a new run
 * canceled    the same after a cancel
 */
export type PointerRecord =
  | {
      readonly kind: 'takeover';
      readonly host: string;
      readonly pid: number;
      readonly restoreFrom?: string;
      readonly nextCheckpointId?: CheckpointId;
    }
  | { readonly kind: 'checkpoint'; readonly checkpointId: CheckpointId }
  | { readonly kind: 'finished' }
  | { readonly kind: 'canceled' };

export interface PointerEntry {
  /** Position in the log: 1, 2, 3, ... Also the name of the file. */
  readonly sequence: number;
  /** Raised by one with each takeover; the process with the highest owns the job. */
  readonly fencingEpoch: number;
  /** The run that the entry belongs to. */
  readonly runId: string;
  /** Wall clock, for people only. */
  readonly writtenAtMs: number;
  readonly record: PointerRecord;
}

export function encodePointerEntry(entry: PointerEntry, { strings, checksum }: MetadataCodecOptions): Uint8Array {
  const { record, ...rest } = entry;
  const line = JSON.stringify({ version: POINTER_FORMAT_VERSION, ...rest, ...record });
  const lineBytes = new Uint8Array(strings.utf8Length(line));
  strings.writeUtf8(lineBytes, line, 0);
  const tail = `\n${checksumText(checksum.crc32(lineBytes))}\n`;
  const bytes = new Uint8Array(lineBytes.length + tail.length);
  bytes.set(lineBytes);
  strings.writeLatin1(bytes, tail, lineBytes.length);
  return bytes;
}

export interface DecodePointerOptions extends MetadataCodecOptions {
  /** Path, for error messages. */
  readonly file: string;
  /** What the name of the file says. */
  readonly sequence: number;
}

/** Throws CHECKPOINT_CORRUPT or CHECKPOINT_VERSION_UNSUPPORTED. */
export function decodePointerEntry(bytes: Uint8Array, options: DecodePointerOptions): PointerEntry {
  const fields = parseFields(bytes, options);
  if (fields['version'] !== POINTER_FORMAT_VERSION) {
    throw new MillraceError(
      'CHECKPOINT_VERSION_UNSUPPORTED',
      `Reading pointer entry '${options.file}' failed: version ${String(fields['version'])}, known is ${POINTER_FORMAT_VERSION}`,
    );
  }
  const record = recordOf(fields);
  const { sequence, fencingEpoch, runId, writtenAtMs } = fields;
  if (
    record === undefined ||
    sequence !== options.sequence ||
    !isPositive(fencingEpoch) ||
    typeof runId !== 'string' ||
    typeof writtenAtMs !== 'number'
  ) {
    throw corrupt(options, 'its fields are not those of an entry of this name');
  }
  return { sequence: options.sequence, fencingEpoch, runId, writtenAtMs, record };
}

type Fields = Readonly<Record<string, unknown>>;

function parseFields(bytes: Uint8Array, options: DecodePointerOptions): Fields {
  const lineEnd = bytes.indexOf(0x0a);
  if (lineEnd < 0) throw corrupt(options, 'it has no complete line');
  const expected = checksumText(options.checksum.crc32(bytes.subarray(0, lineEnd)));
  const stored = options.strings.readLatin1(bytes, lineEnd + 1, bytes.length);
  if (stored !== `${expected}\n`)
    throw corrupt(options, `checksum is '${stored.trimEnd()}', content gives '${expected}'`);
  try {
    const value: unknown = JSON.parse(options.strings.readUtf8(bytes, 0, lineEnd));
    // Any object will do: each field is checked by the caller.
    return value as Fields;
  } catch (error) {
    throw corrupt(options, messageOf(error));
  }
}

function recordOf(fields: Fields): PointerRecord | undefined {
  const { kind, host, pid, restoreFrom, nextCheckpointId } = fields;
  switch (kind) {
    case 'takeover':
      if (typeof host !== 'string' || typeof pid !== 'number') return undefined;
      return {
        kind,
        host,
        pid,
        ...(typeof restoreFrom === 'string' ? { restoreFrom } : {}),
        ...(isPositive(nextCheckpointId) ? { nextCheckpointId: checkpointId(nextCheckpointId) } : {}),
      };
    case 'checkpoint':
      return isPositive(fields['checkpointId'])
        ? { kind, checkpointId: checkpointId(fields['checkpointId']) }
        : undefined;
    case 'finished':
    case 'canceled':
      return { kind };
    default:
      return undefined;
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function checksumText(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

function corrupt({ file }: DecodePointerOptions, why: string): MillraceError {
  return new MillraceError('CHECKPOINT_CORRUPT', `Reading pointer entry '${file}' failed: ${why}`);
}
