import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { IndexedHeap } from './indexed-heap.ts';

interface Item {
  rank: number;
  heapIndex: number;
}

const operation = fc.record({
  kind: fc.constantFrom('add', 'remove', 'removeFirst', 'move'),
  pick: fc.nat(),
  rank: fc.integer({ min: 0, max: 50 }),
});

describe('IndexedHeap', () => {
  it('has the least item first, whatever is added, removed and moved', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200, size: 'max' }), (operations) => {
        const heap = new IndexedHeap<Item>((a, b) => a.rank < b.rank);
        const items: Item[] = [];
        for (const { kind, pick, rank } of operations) {
          const item = kind === 'removeFirst' ? heap.first : items[pick % Math.max(1, items.length)];
          if (kind === 'add') {
            const added = { rank, heapIndex: -1 };
            items.push(added);
            heap.add(added);
          } else if (item !== undefined && kind === 'move') {
            item.rank = rank;
            heap.moved(item);
          } else if (item !== undefined) {
            heap.remove(item);
            items.splice(items.indexOf(item), 1);
            expect(item.heapIndex).toBe(-1);
          }
          const least = items.length === 0 ? undefined : Math.min(...items.map((other) => other.rank));
          expect(heap.first?.rank).toBe(least);
        }
      }),
    );
  });

  it('refuses an item twice, and one it does not have', () => {
    const heap = new IndexedHeap<Item>((a, b) => a.rank < b.rank);
    const item = { rank: 1, heapIndex: -1 };
    heap.add(item);
    expect(() => heap.add(item)).toThrow(/in a heap already/);
    expect(() => heap.remove({ rank: 1, heapIndex: 0 })).toThrow(/not in this heap/);
  });
});
