import { assert } from './assert.ts';

const INITIAL_BYTES = 256;

/**
 * A growing buffer, little endian. `bytes` and `view` change when it grows: generated code calls `reserve` first and reads them
 * anew. A writer over a fixed buffer (`fixed`) never grows: `reserve` then answers false.
 */
export class ByteWriter {
  bytes: Uint8Array<ArrayBufferLike>;
  view: DataView<ArrayBufferLike>;
  position: number = 0;
  readonly #isFixed: boolean;

  constructor(initialBytes: number = INITIAL_BYTES, fixed?: Uint8Array<ArrayBufferLike>) {
    this.bytes = fixed ?? new Uint8Array(initialBytes);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    this.#isFixed = fixed !== undefined;
  }

  static fixed(bytes: Uint8Array<ArrayBufferLike>): ByteWriter {
    return new ByteWriter(0, bytes);
  }

  /** Makes room for `count` more bytes; false when the buffer is fixed and too small. */
  reserve(count: number): boolean {
    const needed = this.position + count;
    if (needed <= this.bytes.length) return true;
    if (this.#isFixed) return false;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.position));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
    return true;
  }

  u8(value: number): void {
    this.#room(1);
    this.bytes[this.position++] = value;
  }

  u16(value: number): void {
    this.#room(2);
    this.view.setUint16(this.position, value, true);
    this.position += 2;
  }

  u32(value: number): void {
    this.#room(4);
    this.view.setUint32(this.position, value, true);
    this.position += 4;
  }

  i32(value: number): void {
    this.#room(4);
    this.view.setInt32(this.position, value, true);
    this.position += 4;
  }

  f64(value: number): void {
    this.#room(8);
    this.view.setFloat64(this.position, value, true);
    this.position += 8;
  }

  /** LEB128 of a non-negative safe integer: 1 byte below 128. */
  varint(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, () => `Varint ${value} is not a non-negative safe integer`);
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.position++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.position++] = rest;
  }

  raw(bytes: Uint8Array<ArrayBufferLike>): void {
    this.#room(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** A view of what was written; valid until the next write. */
  written(): Uint8Array<ArrayBufferLike> {
    return this.bytes.subarray(0, this.position);
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.position);
  }

  clear(): void {
    this.position = 0;
  }

  #room(count: number): void {
    assert(this.reserve(count), 'Writing past the end of a fixed buffer');
  }
}
