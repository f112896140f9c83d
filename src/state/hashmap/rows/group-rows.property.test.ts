import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NO_NAMESPACE } from '../../section/flat-batch.ts';
import { GroupRows, HEADER_WORDS } from './group-rows.ts';
import type { RowLayout } from './group-rows.ts';

const key = fc.oneof(fc.nat(40), fc.constantFrom(0.5, -1, 2 ** 40, Number.POSITIVE_INFINITY, -(2 ** 31), 1e300));
const namespace = fc.constantFrom(NO_NAMESPACE, 0, 1_700_000_000_000, 1_700_000_010_000);
const step = fc.record({ kind: fc.constantFrom('put', 'put', 'remove', 'widen'), key, namespace, value: fc.nat() });

it('finds what a Map finds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const expected = new Map<string, number>();
      const rows = new GroupRows(layout(0));
      let widened = 0;
      for (const { kind, key, namespace, value } of steps) {
        const address = `${key}/${namespace}`;
        if (kind === 'widen') rows.widen(layout(++widened));
        const found = rows.find(key, namespace);
        expect(found >= 0).toBe(expected.has(address));
        if (kind === 'put') {
          const row = found >= 0 ? found : rows.placeFor(key, namespace);
          if (found < 0) rows.insert(row, key, namespace, 0);
          rows.setPresence(row, 1);
          rows.words[row * rows.layout.stride + HEADER_WORDS + 1] = value;
          rows.texts[row * rows.layout.textStride] = `text ${value}`;
          expected.set(address, value);
        }
        if (kind === 'remove' && found >= 0) {
          rows.setPresence(found, 0);
          rows.remove(found);
          expected.delete(address);
        }
      }
      const held = new Map<string, number | undefined>();
      for (let row = 0; row < rows.capacity; row++) {
        if (rows.presenceOf(row) === 0) continue;
        const value = rows.words[row * rows.layout.stride + HEADER_WORDS + 1];
        held.set(`${rows.keyOf(row)}/${rows.namespaceOf(row)}`, value);
        expect(rows.texts[row * rows.layout.textStride]).toBe(`text ${value}`);
        expect(rows.find(rows.keyOf(row), rows.namespaceOf(row))).toBe(row);
      }
      expect(held).toEqual(expected);
    }),
  );
});

function layout(more: number): RowLayout {
  return { stride: HEADER_WORDS + 2 + more, textStride: 1 + more, namespaceAt: HEADER_WORDS };
}
