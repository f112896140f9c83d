/**
 * Encoders and decoders made for one shape. They read fields by constant names and write everything of a fixed size at constant
 * offsets, which is what lets the JavaScript engine compile them to plain loads and stores.
 *
 * Field names come from data. They enter the source only as JSON.stringify of them: as an index (object["name"]) or as a quoted or
 * computed key of a literal, never bare. All else in the source comes from this file.
 *
 * Order in an encoder: all fields are read once and checked before anything is written, so that a refusal leaves no trace; then one
 * `reserve` for the fixed part; then strings and tagged fields, which may grow the writer and so come after the last use of `view`.
 *
 * Gathered strings put nothing but their lengths between the fields, so there the lengths belong to the fixed part, and the strings
 * of an object are added to the page's text, or cut from it, in a row.
 */
import { assert } from '../base/assert.ts';
import type { DecodeFields, EncodeFields, EncodeObject } from './field-codec.ts';
import { fixedBytesOf, KIND_BOOLEAN, KIND_INT, KIND_NUMBER, KIND_STRING, KIND_TAGGED } from './shape-layout.ts';
import type { Field, ShapeLayout } from './shape-layout.ts';
import type { StringForm } from './string-form.ts';
import { Tag } from './wire-format.ts';

const LENGTH_BYTES = 4;

export function generatedEncoder(layout: ShapeLayout, form: StringForm): EncodeFields {
  return compile('encodeFields(encoder, writer, object)', encoderSource(layout, form)) as EncodeFields; // its source is made for this type
}

export function generatedMatchingEncoder(layout: ShapeLayout, form: StringForm): EncodeObject {
  const signature = 'encodeObject(encoder, writer, object, shapeId)';
  const names = layout.fields.map(({ name }) => name);
  return compile(signature, matchingEncoderSource(layout, form), names) as EncodeObject; // its source is made for this type
}

export function generatedDecoder(layout: ShapeLayout, form: StringForm): DecodeFields {
  return compile('decodeFields(decoder, reader)', decoderSource(layout, form)) as DecodeFields; // its source is made for this type
}

/** @param names what the source may refer to as `names` */
function compile(signature: string, source: string, names: readonly string[] = []): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- the header of this file says why and what may enter the source
  const make = new Function('names', `'use strict';\nreturn function ${signature} {\n${source}\n};`);
  return make(names);
}

export function encoderSource(layout: ShapeLayout, form: StringForm): string {
  return [...readStatements(layout), ...writeStatements(layout, form, [])].join('\n');
}

/**
 * Names come first: fields are read only of objects that have them, so that these reads stay fast while shapes take turns. The
 * prototype comes after them: by then the JavaScript engine knows it.
 */
export function matchingEncoderSource(layout: ShapeLayout, form: StringForm): string {
  const prototype = layout.hasPrototype ? 'Object.prototype' : 'null';
  return [
    'let place = 0;',
    'for (const name in object) if (name !== names[place++]) return false;',
    `if (place !== ${layout.fields.length}) return false;`,
    ...readStatements(layout),
    `if (Object.getPrototypeOf(object) !== ${prototype}) return false;`,
    ...writeStatements(layout, form, [`view.setUint8(start, ${Tag.OBJECT});`, 'view.setUint8(start + 1, shapeId);']),
  ].join('\n');
}

function readStatements(layout: ShapeLayout): string[] {
  return layout.fields.map((field) => `const ${local(field)} = object[${JSON.stringify(field.name)}];`);
}

/** @param tag statements that write a byte each, in front of the fields */
function writeStatements(layout: ShapeLayout, form: StringForm, tag: readonly string[]): string[] {
  const lines: string[] = [];
  const checks = layout.fields.map(refusalTest).filter((test) => test !== undefined);
  if (checks.length > 0) lines.push(`if (${checks.join(' || ')}) return false;`);
  const { places, sizeBytes } = fixedPart(layout, form, tag.length);
  if (sizeBytes > 0) {
    lines.push(`writer.reserve(${sizeBytes});`, 'const start = writer.position, view = writer.view;', ...tag);
    lines.push(...places.map(({ field, offset }) => storeStatement(field, offset)));
    lines.push(`writer.position = start + ${sizeBytes};`);
  }
  if (form === 'gathered') lines.push(...gatherStatements(layout));
  for (const field of layout.wireOrder) {
    if (field.kind === KIND_STRING && form === 'inline') lines.push(`encoder.strings.write(writer, ${local(field)});`);
    if (field.kind === KIND_TAGGED) lines.push(`encoder.tagged(writer, ${local(field)});`);
  }
  lines.push('return true;');
  return lines;
}

function gatherStatements(layout: ShapeLayout): string[] {
  const strings = stringFields(layout);
  if (strings.length === 0) return [];
  return ['const strings = encoder.strings;', `strings.text = strings.text + ${strings.map(local).join(' + ')};`];
}

export function decoderSource(layout: ShapeLayout, form: StringForm): string {
  const lines: string[] = [];
  const { places, sizeBytes } = fixedPart(layout, form);
  if (sizeBytes > 0) {
    lines.push(`const start = reader.advance(${sizeBytes}), view = reader.view;`);
    const numbers = places.filter(({ field }) => field.kind !== KIND_STRING);
    lines.push(...numbers.map(({ field, offset }) => `const ${local(field)} = ${loadExpression(field, offset)};`));
  }
  if (form === 'gathered') lines.push(...cutStatements(layout));
  for (const field of layout.wireOrder) {
    if (field.kind === KIND_STRING && form === 'inline')
      lines.push(`const ${local(field)} = decoder.strings.read(reader);`);
    if (field.kind === KIND_TAGGED) lines.push(`const ${local(field)} = decoder.tagged(reader);`);
  }
  const entries = layout.fields.map((field) => `${literalKey(field.name)}: ${local(field)}`);
  if (!layout.hasPrototype) entries.unshift('__proto__: null');
  lines.push(`return { ${entries.join(', ')} };`);
  return lines.join('\n');
}

/** All ends are found before anything is cut: the last one is checked against the end of the text. */
function cutStatements(layout: ShapeLayout): string[] {
  const strings = fixedPart(layout, 'gathered').places.filter(({ field }) => field.kind === KIND_STRING);
  if (strings.length === 0) return [];
  const ends = strings.map(
    ({ offset }, index) => `const end${index + 1} = end${index} + view.getUint32(start + ${offset}, true);`,
  );
  const cuts = strings.map(({ field }, index) => `const ${local(field)} = text.slice(end${index}, end${index + 1});`);
  return [
    'const strings = decoder.strings, text = strings.text, end0 = strings.position;',
    ...ends,
    `strings.moveTo(end${strings.length});`,
    ...cuts,
  ];
}

function local(field: Field): string {
  return `field${field.index}`;
}

/** In a literal, `"__proto__": x` would set the prototype and `["__proto__"]: x` does not; computed keys are slower, though. */
function literalKey(name: string): string {
  const quoted = JSON.stringify(name);
  return name === '__proto__' ? `[${quoted}]` : quoted;
}

/** True for values that are not of the field's kind. The same rule as `holds` in shape-layout.ts. */
function refusalTest(field: Field): string | undefined {
  const value = local(field);
  switch (field.kind) {
    case KIND_INT:
      return `typeof ${value} !== 'number' || (${value} | 0) !== ${value} || (${value} === 0 && 1 / ${value} < 0)`;
    case KIND_NUMBER:
      return `typeof ${value} !== 'number'`;
    case KIND_BOOLEAN:
      return `typeof ${value} !== 'boolean'`;
    case KIND_STRING:
      return `typeof ${value} !== 'string'`;
    case KIND_TAGGED:
      return undefined;
  }
}

function stringFields(layout: ShapeLayout): readonly Field[] {
  return layout.wireOrder.filter(({ kind }) => kind === KIND_STRING);
}

/** What stands at constant offsets, in the order of the wire. */
function fixedPart(
  layout: ShapeLayout,
  form: StringForm,
  firstOffset: number = 0,
): { readonly places: readonly { readonly field: Field; readonly offset: number }[]; readonly sizeBytes: number } {
  let sizeBytes = firstOffset;
  const places = [];
  for (const field of layout.wireOrder) {
    const isLength = field.kind === KIND_STRING && form === 'gathered';
    const fieldBytes = isLength ? LENGTH_BYTES : fixedBytesOf(field.kind);
    if (fieldBytes > 0) places.push({ field, offset: sizeBytes });
    sizeBytes += fieldBytes;
  }
  return { places, sizeBytes };
}

function storeStatement(field: Field, offset: number): string {
  const value = local(field);
  if (field.kind === KIND_INT) return `view.setInt32(start + ${offset}, ${value}, true);`;
  if (field.kind === KIND_NUMBER) return `view.setFloat64(start + ${offset}, ${value}, true);`;
  if (field.kind === KIND_STRING) return `view.setUint32(start + ${offset}, ${value}.length, true);`;
  assert(field.kind === KIND_BOOLEAN, 'A field without a fixed size');
  return `view.setUint8(start + ${offset}, ${value} ? 1 : 0);`;
}

function loadExpression(field: Field, offset: number): string {
  if (field.kind === KIND_INT) return `view.getInt32(start + ${offset}, true)`;
  if (field.kind === KIND_NUMBER) return `view.getFloat64(start + ${offset}, true)`;
  assert(field.kind === KIND_BOOLEAN, 'A field without a fixed size');
  return `view.getUint8(start + ${offset}) === 1`;
}
