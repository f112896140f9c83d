/**
 * The code of a shape, one for each layout and thread: encoders come and go (one for each section of a checkpoint) and find it by
 * the layout's signature. A shape is interpreted until it has been used often enough to be worth compiling.
 */
import type { DecodeFields, EncodeFields, EncodeObject } from './field-codec.ts';
import { generatedDecoder, generatedEncoder, generatedMatchingEncoder } from './generated-shape.ts';
import { interpretedDecoder, interpretedEncoder, interpretedMatchingEncoder } from './interpreted-shape.ts';
import type { ShapeLayout } from './shape-layout.ts';
import type { StringForm } from './string-form.ts';

/** Compiling costs about as much as interpreting this many objects. */
const USES_BEFORE_COMPILING = 32;
/** Layouts with code in one thread. Objects used as dictionaries make ever new ones; then all is forgotten and begins again. */
const CODE_COUNT_MAX = 4096;

const codeBySignature = new Map<string, ShapeCode>();

export class ShapeCode {
  readonly layout: ShapeLayout;
  readonly inline: FieldsCode;
  readonly gathered: FieldsCode;

  private constructor(layout: ShapeLayout) {
    this.layout = layout;
    this.inline = new FieldsCode(layout, 'inline');
    this.gathered = new FieldsCode(layout, 'gathered');
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

/** For one form of strings. Functions are looked up at each use, because they are replaced once they have been compiled. */
export class FieldsCode {
  /** Of an object that has the names of the shape. */
  encode: EncodeFields;
  /** Of any object, with tag and id in front; false, too, unless it is of the shape. */
  encodeMatching: EncodeObject;
  decode: DecodeFields;

  constructor(layout: ShapeLayout, form: StringForm) {
    this.encode = interpretedAtFirst(interpretedEncoder(layout), () => (this.encode = generatedEncoder(layout, form)));
    this.encodeMatching = interpretedAtFirst(
      interpretedMatchingEncoder(layout),
      () => (this.encodeMatching = generatedMatchingEncoder(layout, form)),
    );
    this.decode = interpretedAtFirst(interpretedDecoder(layout), () => (this.decode = generatedDecoder(layout, form)));
  }
}

/** Calls `compile` when it has been used often enough; it puts what it makes in place of the returned function. */
function interpretedAtFirst<Args extends unknown[], R>(
  interpreted: (...args: Args) => R,
  compile: () => void,
): (...args: Args) => R {
  let uses = 0;
  return (...args) => {
    if (++uses === USES_BEFORE_COMPILING) compile();
    return interpreted(...args);
  };
}
