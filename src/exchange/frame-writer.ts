import { assert } from '../base/assert.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { NO_KEY_GROUP } from '../base/elements.ts';
import type { ControlElement } from '../base/elements.ts';
import { MillraceError } from '../base/errors.ts';
import { hasTimestamp } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import { GatheredStringWriter, textBytes } from '../codec/gathered-strings.ts';
import type { TextEncoding } from '../codec/gathered-strings.ts';
import type { ShapeTable } from '../codec/shape-table.ts';
import { ValueEncoder } from '../codec/value-encoder.ts';
import { writeControl } from './control-codec.ts';
import { ELEMENT_BYTES_MAX, FRAME_HEADER_BYTES, HAS_KEY_GROUP, HAS_TIMESTAMP } from './frame.ts';

const BUFFER_BYTES_KEPT = 1024 * 1024;
const KEY_GROUP_MAX = 0xffff;
/** Kind, timestamp, key group. */
const RECORD_HEADER_BYTES_MAX = 11;

/** Builds one frame after another in private memory. One for each channel: the shapes it has defined are those its reader knows. */
export class FrameWriter {
  readonly #strings: StringBytes;
  readonly #text = new GatheredStringWriter();
  #elements = new ByteWriter();
  readonly #encoder: ValueEncoder;
  #elementCount = 0;
  #largestElementBytes = 0;
  /** Of the text so far, as far as known: bytes a UTF-16 unit. Wide text is expected after wide text. */
  #bytesPerUnit = 1;

  constructor(strings: StringBytes, shapes: ShapeTable) {
    this.#strings = strings;
    this.#encoder = new ValueEncoder(strings, { shapes, stringWriter: this.#text });
  }

  get isEmpty(): boolean {
    return this.#elementCount === 0;
  }

  /** Exact once `measure` has been called, an expectation before. */
  get sizeBytes(): number {
    return FRAME_HEADER_BYTES + this.#elements.position + this.#text.units * this.#bytesPerUnit;
  }

  /** True when another element as large as the largest so far would not fit into `capacityBytes`. */
  isFullFor(capacityBytes: number): boolean {
    return this.sizeBytes + this.#largestElementBytes > capacityBytes;
  }

  /** Throws VALUE_NOT_SERIALIZABLE and RECORD_TOO_LARGE, and then has taken nothing. */
  writeRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): void {
    const writer = this.#elements;
    const start = writer.position;
    const unitsBefore = this.#text.units;
    this.#writeRecordHeader(timestampMs, keyGroup);
    try {
      this.#encoder.write(writer, value);
    } catch (error) {
      writer.position = start;
      throw error;
    }
    const elementBytes = writer.position - start + (this.#text.units - unitsBefore) * this.#bytesPerUnit;
    if (elementBytes > ELEMENT_BYTES_MAX) this.#refuse(elementBytes, start, unitsBefore);
    this.#count(elementBytes);
  }

  writeControl(element: ControlElement): void {
    const start = this.#elements.position;
    writeControl(this.#elements, element);
    this.#count(this.#elements.position - start);
  }

  /** Finds out how the text is to be written, after which `sizeBytes` is exact until something is added. */
  measure(): void {
    this.#bytesPerUnit = textBytes(1, this.#text.encoding);
  }

  /** After `measure`: writes sizeBytes bytes to the front of `target` and begins the next frame. */
  writeTo(target: Uint8Array): void {
    const encoding: TextEncoding = this.#text.encoding;
    const header = new DataView(target.buffer, target.byteOffset, FRAME_HEADER_BYTES);
    header.setUint32(0, this.#elements.position, true);
    header.setUint32(4, this.#text.units, true);
    header.setUint32(8, encoding, true);
    target.set(this.#elements.written(), FRAME_HEADER_BYTES);
    this.#text.writeTo(this.#strings, target, FRAME_HEADER_BYTES + this.#elements.position, encoding);
    // The buffer of an exceptionally large frame is not kept.
    if (this.#elements.bytes.length > BUFFER_BYTES_KEPT) this.#elements = new ByteWriter();
    this.#elements.clear();
    this.#text.clear();
    this.#elementCount = 0;
    this.#largestElementBytes = 0;
  }

  #count(elementBytes: number): void {
    this.#elementCount++;
    if (elementBytes > this.#largestElementBytes) this.#largestElementBytes = elementBytes;
  }

  #writeRecordHeader(timestampMs: EventTimeMs, keyGroup: number): void {
    const writer = this.#elements;
    writer.reserve(RECORD_HEADER_BYTES_MAX);
    const { view } = writer;
    let end = writer.position + 1;
    let flags = 0;
    if (hasTimestamp(timestampMs)) {
      flags |= HAS_TIMESTAMP;
      view.setFloat64(end, timestampMs, true);
      end += 8;
    }
    if (keyGroup !== NO_KEY_GROUP) {
      assert(keyGroup >= 0 && keyGroup <= KEY_GROUP_MAX, 'A key group that no max parallelism gives');
      flags |= HAS_KEY_GROUP;
      view.setUint16(end, keyGroup, true);
      end += 2;
    }
    view.setUint8(writer.position, flags);
    writer.position = end;
  }

  #refuse(elementBytes: number, start: number, unitsBefore: number): never {
    this.#elements.position = start;
    this.#text.truncate(unitsBefore);
    // Shapes may have been defined in what is taken back.
    this.#encoder.reset();
    throw new MillraceError(
      'RECORD_TOO_LARGE',
      `Sending a record failed: it takes ${elementBytes} bytes of at most ${ELEMENT_BYTES_MAX}`,
    );
  }
}
