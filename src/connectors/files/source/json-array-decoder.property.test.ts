/** Elements of a JSON array are what JSON.parse of the whole gives, however the bytes arrive and wherever a reader is restored. */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { decodeSplit, wholeFile } from '../../../../test/support/decode-split.ts';
import { splitRange } from './file-split.ts';
import { jsonArrayFormat } from './json-array-format.ts';

const format = jsonArrayFormat((value) => value);

/** Text that a scanner could take for structure. */
const tricky = fc
  .array(fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', '\n', 'ü', '😀'), { maxLength: 6 })
  .map((parts) => parts.join(''));
const values = fc.array(
  fc.oneof(fc.jsonValue({ maxDepth: 3 }), tricky, fc.dictionary(tricky, tricky, { noNullPrototype: true })),
  { maxLength: 8 },
);

describe('JsonArrayDecoder', () => {
  it('gives the elements that JSON.parse gives', () => {
    fc.assert(
      fc.property(
        values,
        fc.constantFrom('', ' ', '\n\t', '\r\n  '),
        fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 1, maxLength: 3 }),
        fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
        (elements, space, chunkSizes, restoreEvery) => {
          const inner = elements
            .map((element) => `${space}${JSON.stringify(element, undefined, space)}${space}`)
            .join(',');
          const text = `${space}[${inner}]${space}`;
          const content = new TextEncoder().encode(text);
          const [split] = splitRange(wholeFile(content), Number.MAX_SAFE_INTEGER);
          if (split === undefined) throw new Error('No split');
          const { records } = decodeSplit({
            format,
            content,
            split,
            chunkSizes,
            ...(restoreEvery === undefined ? {} : { restoreEvery }),
          });
          const parsed: unknown = JSON.parse(text);
          expect(records.map((record) => ('value' in record ? record.value : record))).toEqual(parsed);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
