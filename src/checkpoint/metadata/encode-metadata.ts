import { assert } from '../../base/assert.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import type { Checksum } from '../../base/environment.ts';
import type { KeyGroupChain, ListStateSnapshot } from '../../base/state-handle.ts';
import type { StringBytes } from '../../base/string-bytes.ts';
import type { CheckpointMetadata, OperatorMetadata, SubtaskMetadata } from './checkpoint-metadata.ts';
import {
  HAS_ENTRY,
  KNOWN_FEATURES,
  METADATA_FORMAT_VERSION,
  METADATA_MAGIC,
  NO_ENTRY,
  REDISTRIBUTION_MODES,
  SINK_GUARANTEES,
  STATE_KINDS,
} from './metadata-format.ts';

export interface MetadataCodecOptions {
  readonly strings: StringBytes;
  readonly checksum: Checksum;
}

/** The bytes of a `_metadata` file. */
export function encodeMetadata(metadata: CheckpointMetadata, options: MetadataCodecOptions): Uint8Array<ArrayBuffer> {
  return new MetadataEncoder(options).encode(metadata);
}

class MetadataEncoder {
  readonly #options: MetadataCodecOptions;
  readonly #writer = new ByteWriter(4096);
  /** Data files by name: sections refer to the position in this table. */
  readonly #files = new Map<string, number>();

  constructor(options: MetadataCodecOptions) {
    this.#options = options;
  }

  encode(metadata: CheckpointMetadata): Uint8Array<ArrayBuffer> {
    // The file table stands before the operators but is known only after them.
    for (const operator of metadata.operators) this.#record(() => this.#operator(operator));
    const operators = this.#writer.toBytes();
    this.#writer.clear();

    this.#envelope();
    this.#record(() => this.#header(metadata));
    this.#writer.varint(this.#files.size);
    for (const file of this.#files.keys()) this.#text(file);
    this.#writer.varint(metadata.operators.length);
    this.#writer.raw(operators);
    this.#writer.u32(this.#options.checksum.crc32(this.#writer.written()));
    return this.#writer.toBytes();
  }

  #envelope(): void {
    const writer = this.#writer;
    for (const byte of METADATA_MAGIC) writer.u8(byte);
    writer.u16(METADATA_FORMAT_VERSION);
    writer.u16(0);
    writer.u32(Number(KNOWN_FEATURES & 0xffffffffn));
    writer.u32(Number(KNOWN_FEATURES >> 32n));
  }

  #header(metadata: CheckpointMetadata): void {
    const writer = this.#writer;
    writer.varint(metadata.checkpointId);
    writer.f64(metadata.triggeredAtMs);
    writer.varint(metadata.fencingEpoch);
    this.#text(metadata.millraceVersion);
    this.#text(metadata.runId);
    this.#text(metadata.jobId);
    this.#text(metadata.jobName);
  }

  #operator(operator: OperatorMetadata): void {
    const writer = this.#writer;
    assert(
      operator.subtasks.length === operator.parallelism,
      () =>
        `Operator '${operator.name}' has ${operator.subtasks.length} subtasks in a checkpoint, not ${operator.parallelism}`,
    );
    this.#text(operator.operatorId);
    this.#text(operator.uid);
    writer.u8(operator.hasUserUid ? 1 : 0);
    this.#text(operator.name);
    this.#text(operator.vertexId);
    writer.varint(operator.parallelism);
    writer.varint(operator.maxParallelism);
    writer.u8(operator.hasExplicitMaxParallelism ? 1 : 0);
    this.#list(operator.keys, (key) =>
      this.#optional(key, ({ hashId }) => this.#optional(hashId, (id) => this.#text(id))),
    );
    this.#list(operator.states, ({ name, kind }) => {
      this.#text(name);
      writer.u8(STATE_KINDS.indexOf(kind));
    });
    this.#optional(operator.source, (source) => {
      this.#text(source.kind);
      this.#list(source.identity, (text) => this.#text(text));
      writer.varint(source.splitVersion);
      this.#optional(source.enumeratorState, (bytes) => this.#bytes(bytes));
    });
    this.#optional(operator.sink, (sink) => {
      this.#text(sink.kind);
      writer.u8(SINK_GUARANTEES.indexOf(sink.guarantee));
      this.#list(sink.identity, (text) => this.#text(text));
    });
    for (const subtask of operator.subtasks) this.#record(() => this.#subtask(subtask));
  }

  #subtask(subtask: SubtaskMetadata): void {
    const writer = this.#writer;
    writer.u8(subtask.isFinished ? 1 : 0);
    this.#optional(subtask.watermarkMs, (watermarkMs) => writer.f64(watermarkMs));
    this.#list(subtask.keyed, (chain) => this.#chain(chain));
    this.#list(subtask.lists, (list) => this.#listState(list));
    // Channel state: none in this version.
    writer.varint(0);
  }

  #chain(chain: KeyGroupChain): void {
    const writer = this.#writer;
    writer.varint(chain.keyGroup);
    this.#list(chain.sections, (section) => {
      writer.varint(this.#fileIndex(section.file));
      writer.varint(section.blockOffset);
      writer.varint(section.blockLength);
      writer.varint(section.offset);
      writer.varint(section.length);
      writer.u8(section.isBase ? 1 : 0);
      writer.varint(section.entryCount);
    });
  }

  #listState(list: ListStateSnapshot): void {
    this.#text(list.name);
    this.#writer.u8(REDISTRIBUTION_MODES.indexOf(list.mode));
    this.#list(list.elements, (element) => this.#bytes(element));
  }

  #fileIndex(file: string): number {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const index = this.#files.size;
    this.#files.set(file, index);
    return index;
  }

  /** Length first, so that a reader can pass over fields that a later writer appends. */
  #record(write: () => void): void {
    const start = this.#writer.position;
    this.#writer.u32(0);
    write();
    this.#writer.view.setUint32(start, this.#writer.position - start - 4, true);
  }

  #list<T>(items: readonly T[], write: (item: T) => void): void {
    this.#writer.varint(items.length);
    for (const item of items) write(item);
  }

  #optional<T>(value: T | undefined, write: (value: T) => void): void {
    this.#writer.u8(value === undefined ? NO_ENTRY : HAS_ENTRY);
    if (value !== undefined) write(value);
  }

  #bytes(bytes: Uint8Array): void {
    this.#writer.varint(bytes.length);
    this.#writer.raw(bytes);
  }

  #text(text: string): void {
    const { strings } = this.#options;
    const length = strings.utf8Length(text);
    this.#writer.varint(length);
    this.#writer.reserve(length);
    strings.writeUtf8(this.#writer.bytes, text, this.#writer.position);
    this.#writer.position += length;
  }
}
