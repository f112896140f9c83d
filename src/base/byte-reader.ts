import { MillraceError } from './errors.ts';

/** Reads what ByteWriter wrote. Reading past the end is CHECKPOINT_CORRUPT unless the caller says otherwise. */
export class ByteReader {
  bytes: Uint8Array<ArrayBufferLike>;
  view: DataView<ArrayBufferLike>;
  position: number;

  constructor(bytes: Uint8Array<ArrayBufferLike>, position: number = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  u8(): number {
    this.#need(1);
    return this.view.getUint8(this.position++);
  }

  u16(): number {
    this.#need(2);
    this.position += 2;
    return this.view.getUint16(this.position - 2, true);
  }

  u32(): number {
    this.#need(4);
    this.position += 4;
    return this.view.getUint32(this.position - 4, true);
  }

  i32(): number {
    this.#need(4);
    this.position += 4;
    return this.view.getInt32(this.position - 4, true);
  }

  f64(): number {
    this.#need(8);
    this.position += 8;
    return this.view.getFloat64(this.position - 8, true);
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 0x80;
    }
    if (!Number.isSafeInteger(value))
      throw new MillraceError('CHECKPOINT_CORRUPT', `Reading a number at byte ${this.position} failed: it is too long`);
    return value;
  }

  /** Moves past `count` bytes that are read through `view`; returns where they start. */
  advance(count: number): number {
    this.#need(count);
    this.position += count;
    return this.position - count;
  }

  /** A view, not a copy. */
  raw(length: number): Uint8Array<ArrayBufferLike> {
    this.#need(length);
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  #need(count: number): void {
    if (this.position + count > this.bytes.length) {
      throw new MillraceError(
        'CHECKPOINT_CORRUPT',
        `Reading ${count} bytes at byte ${this.position} failed: there are only ${this.bytes.length}`,
      );
    }
  }
}
