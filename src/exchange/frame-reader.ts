import { assert } from '../base/assert.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { NO_KEY_GROUP } from '../base/elements.ts';
import type { ElementHandler } from '../base/elements.ts';
import { MillraceError } from '../base/errors.ts';
import { NO_TIMESTAMP } from '../base/event-time.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import { GatheredStringReader } from '../codec/gathered-strings.ts';
import { ValueDecoder } from '../codec/value-decoder.ts';
import { STRING_LATIN1, STRING_UTF16 } from '../codec/wire-format.ts';
import { readControl } from './control-codec.ts';
import { CONTROL, FRAME_HEADER_BYTES, HAS_KEY_GROUP, HAS_TIMESTAMP } from './frame.ts';

/** Reads the frames of one FrameWriter in order. Everything it hands over is a copy: the frame's memory may then be reused. */
export class FrameReader {
  readonly #strings: StringBytes;
  readonly #text = new GatheredStringReader();
  readonly #decoder: ValueDecoder;
  readonly #reader = new ByteReader(new Uint8Array(0));
  #end = 0;
  #lastBarrier = 0;

  constructor(strings: StringBytes) {
    this.#strings = strings;
    this.#decoder = new ValueDecoder(strings, { stringReader: this.#text });
  }

  /** True when the current frame is read to its end. */
  get isAtEnd(): boolean {
    return this.#reader.position === this.#end;
  }

  /** Id of the last barrier handed over, 0 before the first. */
  get lastBarrier(): number {
    return this.#lastBarrier;
  }

  /** Begins the next frame. `bytes` and `view` show the same memory and stay as they are until `isAtEnd`. */
  open(bytes: Uint8Array, view: DataView): void {
    assert(this.isAtEnd, 'A frame while another one is being read');
    const elementsBytes = view.getUint32(0, true);
    const units = view.getUint32(4, true);
    const encoding = view.getUint32(8, true);
    assert(encoding === STRING_LATIN1 || encoding === STRING_UTF16, 'A frame whose text has an unknown encoding');
    this.#reader.bytes = bytes;
    this.#reader.view = view;
    this.#reader.position = FRAME_HEADER_BYTES;
    this.#end = FRAME_HEADER_BYTES + elementsBytes;
    this.#text.readFrom(this.#strings, bytes, this.#end, units, encoding);
  }

  /** Hands the next element over; false when the poll ends here. It is gone even if the handler throws. */
  next(handler: ElementHandler): boolean {
    const reader = this.#reader;
    const kind = reader.u8();
    if (kind >= CONTROL) {
      const element = readControl(reader, kind);
      if (element.kind === 'barrier') this.#lastBarrier = element.checkpointId;
      handler.onControl(element);
      return false;
    }
    const timestampMs = (kind & HAS_TIMESTAMP) === 0 ? NO_TIMESTAMP : reader.f64();
    const keyGroup = (kind & HAS_KEY_GROUP) === 0 ? NO_KEY_GROUP : reader.u16();
    return handler.onRecord(this.#value(), timestampMs, keyGroup);
  }

  /** Lets go of the text of a frame that was read to its end. */
  close(): void {
    assert(this.isAtEnd, 'Closing a frame that is not read to its end');
    this.#text.clear();
  }

  #value(): unknown {
    try {
      return this.#decoder.read(this.#reader);
    } catch (error) {
      // Nothing but this engine writes into the ring.
      if (!MillraceError.is(error) || error.code !== 'CHECKPOINT_CORRUPT') throw error;
      throw new MillraceError('INVARIANT_VIOLATED', `Reading a record from a ring failed: ${error.message}`, {
        cause: error,
      });
    }
  }
}
