/**
 * Encoders and decoders made for one shape. They read fields by constant names and write everything of a fixed size at constant
 * offsets, which is what lets the JavaScript engine compile them to plain loads and stores.
 *
 * Field names come from data. They enter the source only as JSON.stringify of them: as an index (object["name"]) or as a quoted or
 * computed key of a literal, never bare. All else in the source comes from this file.
 *
 * Order in an encoder: all fields are read once and checked before anything is written, so that a refusal leaves no trace; then one
 * `reserve` for the fixed part; then strings and tagged fields, which may grow the writer and so come after the last use of `view`.
 */
import { assert } from '../base/assert.ts';
import type { DecodeFields, EncodeFields } from './field-codec.ts';
import { fixedBytesOf, KIND_BOOLEAN, KIND_INT, KIND_NUMBER, KIND_STRING, KIND_TAGGED } from './shape-layout.ts';
import type { Field, ShapeLayout } from './shape-layout.ts';

export function generatedEncoder(layout: ShapeLayout): EncodeFields {
  return compile(['encoder', 'writer', 'object'], encoderSource(layout)) as EncodeFields; // its source is made for this type
}

export function generatedDecoder(layout: ShapeLayout): DecodeFields {
  return compile(['decoder', 'reader'], decoderSource(layout)) as DecodeFields; // its source is made for this type
}

function compile(parameters: readonly string[], source: string): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- the header of this file says why and what may enter the source
  return new Function(...parameters, `'use strict';\n${source}`);
}

export function encoderSource(layout: ShapeLayout): string {
  const lines = layout.fields.map((field) => `const ${local(field)} = object[${JSON.stringify(field.name)}];`);
  const checks = layout.fields.map(refusalTest).filter((test) => test !== undefined);
  if (checks.length > 0) lines.push(`if (${checks.join(' || ')}) return false;`);
  if (layout.fixedBytes > 0) {
    lines.push(`writer.reserve(${layout.fixedBytes});`, 'const start = writer.position, view = writer.view;');
    lines.push(...fixedFields(layout).map(({ field, offset }) => storeStatement(field, offset)));
    lines.push(`writer.position = start + ${layout.fixedBytes};`);
  }
  for (const field of layout.wireOrder) {
    if (field.kind === KIND_STRING) lines.push(`encoder.strings.write(writer, ${local(field)});`);
    if (field.kind === KIND_TAGGED) lines.push(`encoder.tagged(writer, ${local(field)});`);
  }
  lines.push('return true;');
  return lines.join('\n');
}

export function decoderSource(layout: ShapeLayout): string {
  const lines: string[] = [];
  if (layout.fixedBytes > 0) {
    lines.push(`const start = reader.advance(${layout.fixedBytes}), view = reader.view;`);
    lines.push(
      ...fixedFields(layout).map(({ field, offset }) => `const ${local(field)} = ${loadExpression(field, offset)};`),
    );
  }
  for (const field of layout.wireOrder) {
    if (field.kind === KIND_STRING) lines.push(`const ${local(field)} = decoder.strings.read(reader);`);
    if (field.kind === KIND_TAGGED) lines.push(`const ${local(field)} = decoder.tagged(reader);`);
  }
  const entries = layout.fields.map((field) => `${literalKey(field.name)}: ${local(field)}`);
  if (!layout.hasPrototype) entries.unshift('__proto__: null');
  lines.push(`return { ${entries.join(', ')} };`);
  return lines.join('\n');
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

function fixedFields(layout: ShapeLayout): { readonly field: Field; readonly offset: number }[] {
  let end = 0;
  return layout.wireOrder
    .filter((field) => fixedBytesOf(field.kind) > 0)
    .map((field) => {
      const offset = end;
      end += fixedBytesOf(field.kind);
      return { field, offset };
    });
}

function storeStatement(field: Field, offset: number): string {
  const value = local(field);
  if (field.kind === KIND_INT) return `view.setInt32(start + ${offset}, ${value}, true);`;
  if (field.kind === KIND_NUMBER) return `view.setFloat64(start + ${offset}, ${value}, true);`;
  assert(field.kind === KIND_BOOLEAN, 'A field without a fixed size');
  return `view.setUint8(start + ${offset}, ${value} ? 1 : 0);`;
}

function loadExpression(field: Field, offset: number): string {
  if (field.kind === KIND_INT) return `view.getInt32(start + ${offset}, true)`;
  if (field.kind === KIND_NUMBER) return `view.getFloat64(start + ${offset}, true)`;
  assert(field.kind === KIND_BOOLEAN, 'A field without a fixed size');
  return `view.getUint8(start + ${offset}) === 1`;
}
