/**
 * The code of a shape, one for each layout and thread: encoders come and go (one for each section of a checkpoint) and find it by
 * the layout's signature. A shape is interpreted until it has been used often enough to be worth compiling.
 */
import type { DecodeFields, EncodeFields } from './field-codec.ts';
import { generatedDecoder, generatedEncoder } from './generated-shape.ts';
import { interpretedDecoder, interpretedEncoder } from './interpreted-shape.ts';
import type { ShapeLayout } from './shape-layout.ts';

/** Compiling costs about as much as interpreting this many objects. */
const USES_BEFORE_COMPILING = 32;
/** Layouts with code in one thread. Objects used as dictionaries make ever new ones; then all is forgotten and begins again. */
const CODE_COUNT_MAX = 4096;

const codeBySignature = new Map<string, ShapeCode>();

export class ShapeCode {
  readonly layout: ShapeLayout;
  encode: EncodeFields;
  decode: DecodeFields;
  #encodeUses = 0;
  #decodeUses = 0;

  private constructor(layout: ShapeLayout) {
    this.layout = layout;
    const encode = interpretedEncoder(layout);
    const decode = interpretedDecoder(layout);
    this.encode = (encoder, writer, object) => {
      if (++this.#encodeUses >= USES_BEFORE_COMPILING) this.encode = generatedEncoder(layout);
      return encode(encoder, writer, object);
    };
    this.decode = (decoder, reader) => {
      if (++this.#decodeUses >= USES_BEFORE_COMPILING) this.decode = generatedDecoder(layout);
      return decode(decoder, reader);
    };
  }

  static of(layout: ShapeLayout): ShapeCode {
    const signature = layout.signature;
    let code = codeBySignature.get(signature);
    if (code === undefined) {
      if (codeBySignature.size >= CODE_COUNT_MAX) codeBySignature.clear();
      code = new ShapeCode(layout);
      codeBySignature.set(signature, code);
    }
    return code;
  }
}
