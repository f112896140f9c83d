/**
 * The form of a checkpoint's data files, described byte by byte in docs/checkpoint-format.md.
 *
 *   file header · block · block · ... · footer
 *
 * A block holds sections of key groups, one after the other, compressed together. Sections are found through the references in
 * the metadata; the footer lists the blocks for tools, and tells a whole file from a cut one. Every part has a checksum.
 *
 * Version history:
 *   1  the first.
 */
import { ByteReader } from '../../base/byte-reader.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import type { Checksum } from '../../base/environment.ts';
import type { DataFileOwner } from '../protocol/checkpoint-paths.ts';

export const DATA_FORMAT_VERSION = 1;

/** 'MRDF', 'MRBK', 'MRFT' read as little-endian numbers. */
const FILE_MAGIC = 0x4644524d;
const BLOCK_MAGIC = 0x4b42524d;
const FOOTER_MAGIC = 0x5446524d;

export const FILE_HEADER_BYTES = 36;
export const BLOCK_HEADER_BYTES = 20;
const BLOCK_CHECKSUM_OFFSET = 16;

const ENCODING_RAW = 0;
const ENCODING_ZSTD = 1;

export function encodeFileHeader(owner: DataFileOwner, checksum: Checksum): Uint8Array {
  const writer = new ByteWriter(FILE_HEADER_BYTES);
  writer.u32(FILE_MAGIC);
  writer.u16(DATA_FORMAT_VERSION);
  writer.u16(FILE_HEADER_BYTES);
  writer.f64(owner.checkpointId);
  writer.f64(owner.fencingEpoch);
  writer.u32(owner.attemptNumber);
  writer.u32(owner.slotIndex);
  writer.u32(checksum.crc32(writer.written()));
  return writer.toBytes();
}

export interface BlockContent {
  /** Uncompressed. */
  readonly content: Uint8Array;
  /** `content` by zstd, when that is how it is to be stored. */
  readonly compressed: Uint8Array | undefined;
}

export function encodeBlock({ content, compressed }: BlockContent, checksum: Checksum): Uint8Array {
  const payload = compressed ?? content;
  const writer = new ByteWriter(BLOCK_HEADER_BYTES + payload.length);
  writer.u32(BLOCK_MAGIC);
  writer.u32(compressed === undefined ? ENCODING_RAW : ENCODING_ZSTD);
  writer.u32(payload.length);
  writer.u32(content.length);
  // The checksum covers the whole block with this field as zero.
  writer.u32(0);
  writer.raw(payload);
  const block = writer.written();
  writer.view.setUint32(BLOCK_CHECKSUM_OFFSET, checksum.crc32(block), true);
  return block;
}

export interface DecodedBlock {
  readonly payload: Uint8Array;
  readonly isCompressed: boolean;
  readonly contentBytes: number;
}

/** A text that says what is wrong when the bytes are not a whole block. */
export function decodeBlock(block: Uint8Array, checksum: Checksum): DecodedBlock | string {
  if (block.length < BLOCK_HEADER_BYTES) return `block has only ${block.length} bytes`;
  const reader = new ByteReader(block);
  if (reader.u32() !== BLOCK_MAGIC) return 'no block starts here';
  const encoding = reader.u32();
  const storedBytes = reader.u32();
  const contentBytes = reader.u32();
  const stored = reader.u32();
  if (storedBytes !== block.length - BLOCK_HEADER_BYTES)
    return `block says ${storedBytes} bytes, not ${block.length - BLOCK_HEADER_BYTES}`;
  const copy = new Uint8Array(block);
  copy.fill(0, BLOCK_CHECKSUM_OFFSET, BLOCK_HEADER_BYTES);
  const computed = checksum.crc32(copy);
  if (stored !== computed) return `checksum is ${stored.toString(16)}, content gives ${computed.toString(16)}`;
  if (encoding !== ENCODING_RAW && encoding !== ENCODING_ZSTD) return `encoding ${encoding} is not known`;
  return { payload: copy.subarray(BLOCK_HEADER_BYTES), isCompressed: encoding === ENCODING_ZSTD, contentBytes };
}

export interface SectionEntry {
  readonly keyGroup: number;
  readonly isBase: boolean;
  readonly length: number;
}

export interface BlockEntry {
  readonly offset: number;
  readonly length: number;
  readonly contentBytes: number;
  readonly sections: readonly SectionEntry[];
}

export function encodeFooter(blocks: readonly BlockEntry[], checksum: Checksum): Uint8Array {
  const writer = new ByteWriter();
  writer.varint(blocks.length);
  for (const { offset, length, contentBytes, sections } of blocks) {
    writer.varint(offset);
    writer.varint(length);
    writer.varint(contentBytes);
    writer.varint(sections.length);
    for (const section of sections) {
      writer.varint(section.keyGroup);
      writer.u8(section.isBase ? 1 : 0);
      writer.varint(section.length);
    }
  }
  const indexBytes = writer.position;
  writer.u32(checksum.crc32(writer.written()));
  writer.u32(indexBytes);
  writer.u32(FOOTER_MAGIC);
  return writer.toBytes();
}
