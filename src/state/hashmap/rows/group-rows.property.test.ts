import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NO_NAMESPACE } from '../../section/flat-batch.ts';
import { GroupRows, HEADER_WORDS } from './group-rows.ts';

const key = fc.oneof(fc.nat(40), fc.constantFrom(0.5, -1, 2 ** 40, Number.POSITIVE_INFINITY, -(2 ** 31), 1e300));
const namespace = fc.constantFrom(NO_NAMESPACE, 0, 1_700_000_000_000, 1_700_000_010_000);
const step = fc.record({ kind: fc.constantFrom('put', 'put', 'remove', 'widen'), key, namespace, value: fc.nat() });

it('finds what a Map finds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const expected = new Map<string, number>();
      const rows = new GroupRows(HEADER_WORDS + 1, 1);
      for (const { kind, key, namespace, value } of steps) {
        const address = `${key}/${namespace}`;
        const found = rows.find(key, namespace);
        expect(found >= 0).toBe(expected.has(address));
        if (kind === 'widen') rows.widen(rows.stride + 1, rows.textStride + 1);
        if (kind === 'put') {
          const row = found >= 0 ? found : rows.insert(key, namespace, 0);
          rows.setPresence(row, 1);
          rows.words[row * rows.stride + HEADER_WORDS] = value;
          rows.texts[row * rows.textStride] = `text ${value}`;
          expected.set(address, value);
        }
        if (kind === 'remove' && found >= 0) {
          rows.setPresence(found, 0);
          rows.remove(found);
          expected.delete(address);
        }
      }
      const held = new Map<string, number | undefined>();
      for (let row = 0; row < rows.rowCount; row++) {
        if (rows.presenceOf(row) === 0) continue;
        held.set(`${rows.keyOf(row)}/${rows.namespaceOf(row)}`, rows.words[row * rows.stride + HEADER_WORDS]);
        expect(rows.texts[row * rows.textStride]).toBe(`text ${rows.words[row * rows.stride + HEADER_WORDS]}`);
        expect(rows.find(rows.keyOf(row), rows.namespaceOf(row))).toBe(row);
      }
      expect(held).toEqual(expected);
    }),
  );
});
