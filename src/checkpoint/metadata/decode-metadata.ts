import { ByteReader } from '../../base/byte-reader.ts';
import { MillraceError, messageOf } from '../../base/errors.ts';
import { checkpointId, jobId, operatorId } from '../../base/ids.ts';
import type { JobId, OperatorId } from '../../base/ids.ts';
import type { KeyGroupChain, ListStateSnapshot, SectionRef } from '../../base/state-handle.ts';
import type {
  CheckpointMetadata,
  OperatorMetadata,
  SinkMetadata,
  SourceMetadata,
  SubtaskMetadata,
} from './checkpoint-metadata.ts';
import type { MetadataCodecOptions } from './encode-metadata.ts';
import {
  CHECKSUM_BYTES,
  HAS_ENTRY,
  KNOWN_FEATURES,
  METADATA_ENVELOPE_BYTES,
  METADATA_FORMAT_VERSION,
  METADATA_MAGIC,
  NO_ENTRY,
  REDISTRIBUTION_MODES,
  SINK_GUARANTEES,
  STATE_KINDS,
} from './metadata-format.ts';

export interface DecodeMetadataOptions extends MetadataCodecOptions {
  /** Where the bytes come from, for error messages. */
  readonly file: string;
}

/**
 * Reads a `_metadata` file.
 *
 * Throws CHECKPOINT_CORRUPT with file and byte when the bytes are not what was written, CHECKPOINT_VERSION_UNSUPPORTED when they
 * need a newer Millrace.
 */
export function decodeMetadata(bytes: Uint8Array, options: DecodeMetadataOptions): CheckpointMetadata {
  const decoder = new MetadataDecoder(bytes, options);
  try {
    return decoder.decode();
  } catch (error) {
    if (MillraceError.is(error) && error.code === 'CHECKPOINT_VERSION_UNSUPPORTED') throw error;
    throw new MillraceError(
      'CHECKPOINT_CORRUPT',
      `Reading checkpoint '${options.file}' failed at byte ${decoder.position}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** Its errors say what is wrong; `decodeMetadata` says where. */
class Damaged extends Error {}

const HEX_32 = /^[0-9a-f]{32}$/;

class MetadataDecoder {
  readonly #options: DecodeMetadataOptions;
  readonly #bytes: Uint8Array;
  readonly #reader: ByteReader;
  #files: readonly string[] = [];

  constructor(bytes: Uint8Array, options: DecodeMetadataOptions) {
    this.#options = options;
    this.#bytes = bytes;
    this.#reader = new ByteReader(bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES)));
  }

  get position(): number {
    return this.#reader.position;
  }

  decode(): CheckpointMetadata {
    this.#envelope();
    const header = this.#record(() => this.#header());
    this.#files = this.#list(() => this.#text());
    const operators = this.#list(() => this.#record(() => this.#operator()));
    if (this.#reader.remaining > 0) throw new Damaged(`${this.#reader.remaining} bytes too many`);
    return { ...header, operators };
  }

  #envelope(): void {
    const reader = this.#reader;
    if (this.#bytes.length < METADATA_ENVELOPE_BYTES + CHECKSUM_BYTES) {
      throw new Damaged(`only ${this.#bytes.length} bytes long`);
    }
    if (!METADATA_MAGIC.every((byte) => reader.u8() === byte)) throw new Damaged('not the metadata of a checkpoint');
    this.#verifyChecksum();
    const version = reader.u16();
    reader.u16();
    const features = BigInt(reader.u32()) | (BigInt(reader.u32()) << 32n);
    if (version !== METADATA_FORMAT_VERSION)
      throw this.#unsupported(`format version ${version}, known is ${METADATA_FORMAT_VERSION}`);
    const unknown = features & ~KNOWN_FEATURES;
    if (unknown !== 0n) throw this.#unsupported(`required features 0x${unknown.toString(16)} are not known`);
  }

  #verifyChecksum(): void {
    const end = this.#bytes.length - CHECKSUM_BYTES;
    const stored = new ByteReader(this.#bytes, end).u32();
    const computed = this.#options.checksum.crc32(this.#bytes.subarray(0, end));
    if (stored !== computed)
      throw new Damaged(`checksum is ${stored.toString(16)}, content gives ${computed.toString(16)}`);
  }

  #unsupported(why: string): MillraceError {
    return new MillraceError(
      'CHECKPOINT_VERSION_UNSUPPORTED',
      `Reading checkpoint '${this.#options.file}' failed: ${why}`,
    );
  }

  #header(): Omit<CheckpointMetadata, 'operators'> {
    const reader = this.#reader;
    return {
      checkpointId: checkpointId(this.#positive('checkpoint id')),
      triggeredAtMs: reader.f64(),
      fencingEpoch: reader.varint(),
      millraceVersion: this.#text(),
      runId: this.#text(),
      jobId: this.#jobId(),
      jobName: this.#text(),
    };
  }

  #operator(): OperatorMetadata {
    const reader = this.#reader;
    const known = {
      operatorId: this.#operatorId(),
      uid: this.#text(),
      hasUserUid: this.#flag(),
      name: this.#text(),
      vertexId: this.#operatorId(),
      parallelism: this.#positive('parallelism'),
      maxParallelism: this.#positive('max parallelism'),
      hasExplicitMaxParallelism: this.#flag(),
      keys: this.#list(() => this.#optional(() => ({ hashId: this.#optional(() => this.#text()) }))),
      states: this.#list(() => ({ name: this.#text(), kind: this.#oneOf(STATE_KINDS) })),
      source: this.#optional(() => this.#source()),
      sink: this.#optional((): SinkMetadata => ({
        kind: this.#text(),
        guarantee: this.#oneOf(SINK_GUARANTEES),
        identity: this.#list(() => this.#text()),
      })),
    };
    const subtasks: SubtaskMetadata[] = [];
    while (subtasks.length < known.parallelism) subtasks.push(this.#record(() => this.#subtask(reader)));
    return { ...known, subtasks };
  }

  #source(): SourceMetadata {
    return {
      kind: this.#text(),
      identity: this.#list(() => this.#text()),
      splitVersion: this.#reader.varint(),
      enumeratorState: this.#optional(() => this.#byteString()),
    };
  }

  #subtask(reader: ByteReader): SubtaskMetadata {
    const subtask: SubtaskMetadata = {
      isFinished: this.#flag(),
      watermarkMs: this.#optional(() => reader.f64()),
      keyed: this.#list(() => this.#chain()),
      lists: this.#list(() => this.#listState()),
    };
    if (reader.varint() !== 0) throw new Damaged('channel state without the feature that announces it');
    return subtask;
  }

  #chain(): KeyGroupChain {
    return { keyGroup: this.#reader.varint(), sections: this.#list(() => this.#section()) };
  }

  #section(): SectionRef {
    const reader = this.#reader;
    const fileIndex = reader.varint();
    const file = this.#files[fileIndex];
    if (file === undefined) throw new Damaged(`data file ${fileIndex} of ${this.#files.length}`);
    return {
      file,
      blockOffset: reader.varint(),
      blockLength: reader.varint(),
      offset: reader.varint(),
      length: reader.varint(),
      isBase: this.#flag(),
      entryCount: reader.varint(),
    };
  }

  #listState(): ListStateSnapshot {
    return {
      name: this.#text(),
      mode: this.#oneOf(REDISTRIBUTION_MODES),
      elements: this.#list(() => this.#byteString()),
    };
  }

  /** Bytes behind the fields that this version knows are passed over. */
  #record<T>(read: () => T): T {
    const length = this.#reader.u32();
    const end = this.#reader.position + length;
    if (length > this.#reader.remaining) throw new Damaged(`record of ${length} bytes does not fit`);
    const value = read();
    if (this.#reader.position > end) throw new Damaged(`record is longer than its ${length} bytes`);
    this.#reader.position = end;
    return value;
  }

  /** Counts are not trusted: nothing is allocated for items that are not there. */
  #list<T>(read: () => T): T[] {
    const count = this.#reader.varint();
    if (count > this.#reader.remaining) throw new Damaged(`${count} items do not fit`);
    const items: T[] = [];
    while (items.length < count) items.push(read());
    return items;
  }

  #optional<T>(read: () => T): T | undefined {
    return this.#flag() ? read() : undefined;
  }

  #flag(): boolean {
    const byte = this.#reader.u8();
    if (byte !== NO_ENTRY && byte !== HAS_ENTRY) throw new Damaged(`flag is ${byte}`);
    return byte === HAS_ENTRY;
  }

  #oneOf<const T extends readonly string[]>(names: T): T[number] {
    const index = this.#reader.u8();
    const name: T[number] | undefined = names[index];
    if (name === undefined) throw new Damaged(`value ${index} is none of ${names.join(', ')}`);
    return name;
  }

  #positive(what: string): number {
    const value = this.#reader.varint();
    if (value < 1) throw new Damaged(`${what} is ${value}`);
    return value;
  }

  #operatorId(): OperatorId {
    return operatorId(this.#hex('operator id'));
  }

  #jobId(): JobId {
    return jobId(this.#hex('job id'));
  }

  #hex(what: string): string {
    const text = this.#text();
    if (!HEX_32.test(text)) throw new Damaged(`${what} is '${text.slice(0, 40)}'`);
    return text;
  }

  #text(): string {
    const length = this.#reader.varint();
    const view = this.#reader.raw(length);
    return this.#options.strings.readUtf8(view, 0, length);
  }

  /** A copy: a view would carry the whole file along when it crosses threads. */
  #byteString(): Uint8Array {
    return new Uint8Array(this.#reader.raw(this.#reader.varint()));
  }
}
