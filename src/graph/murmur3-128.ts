/**
 * MurmurHash3 x64 128 with seed 0 (Austin Appleby, public domain), printed as Guava's HashCode and Flink's OperatorID print it:
 * both halves in little-endian byte order. BigInt arithmetic: only texts of the job graph are hashed, a few hundred bytes each.
 */
import { utf8Bytes } from './utf8.ts';

const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;
const BLOCK_BYTES = 16;

/** 32 hex digits. */
export function murmur3Hex(text: string): string {
  const bytes = utf8Bytes(text);
  let h1 = 0n;
  let h2 = 0n;
  const tailStart = bytes.length - (bytes.length % BLOCK_BYTES);
  for (let at = 0; at < tailStart; at += BLOCK_BYTES) {
    h1 = mixed(rotateLeft(h1 ^ scrambled1(word(bytes, at)), 27n) + h2, 0x52dce729n);
    h2 = mixed(rotateLeft(h2 ^ scrambled2(word(bytes, at + 8)), 31n) + h1, 0x38495ab5n);
  }
  h1 ^= scrambled1(word(bytes, tailStart));
  h2 ^= scrambled2(word(bytes, tailStart + 8));
  return littleEndianHex(...finished(h1, h2, BigInt(bytes.length)));
}

/** The last avalanche, in which both halves come to depend on each other. */
function finished(first: bigint, second: bigint, length: bigint): [bigint, bigint] {
  let h1 = first ^ length;
  let h2 = second ^ length;
  h1 = wrapped(h1 + h2);
  h2 = wrapped(h2 + h1);
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h1 = wrapped(h1 + h2);
  return [h1, wrapped(h2 + h1)];
}

function avalanche(value: bigint): bigint {
  let h = value;
  h = wrapped((h ^ (h >> 33n)) * 0xff51afd7ed558ccdn);
  h = wrapped((h ^ (h >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return h ^ (h >> 33n);
}

function mixed(value: bigint, constant: bigint): bigint {
  return wrapped(wrapped(value) * 5n + constant);
}

function scrambled1(k1: bigint): bigint {
  return wrapped(rotateLeft(wrapped(k1 * C1), 31n) * C2);
}

function scrambled2(k2: bigint): bigint {
  return wrapped(rotateLeft(wrapped(k2 * C2), 33n) * C1);
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return wrapped((value << bits) | (value >> (64n - bits)));
}

function wrapped(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** Eight bytes, little-endian; bytes behind the end count as 0, which is how the tail is defined. */
function word(bytes: Uint8Array, at: number): bigint {
  let value = 0n;
  for (let i = 7; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

function littleEndianHex(h1: bigint, h2: bigint): string {
  let hex = '';
  for (const half of [h1, h2]) {
    for (let shift = 0n; shift < 64n; shift += 8n) {
      hex += Number((half >> shift) & 0xffn)
        .toString(16)
        .padStart(2, '0');
    }
  }
  return hex;
}
