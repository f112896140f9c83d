import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../base/ids.ts';
import { VOID_NAMESPACE } from '../../base/keyed-state.ts';
import type { KeyGroupSection, KeyedStateBackend } from '../../base/keyed-state.ts';
import { testStrings } from '../../../test/support/strings.ts';
import { HashmapStateBackend } from '../hashmap/hashmap-state-backend.ts';

/**
 * What version 1 wrote. Checkpoints with such sections exist: they must always be readable, so these bytes never change. A new
 * version gets bytes of its own beside them.
 */
const VERSION_1 = {
  base: [
    '0101020101061476616c75650606107465787410000002186f726967696e0314636f756e7400030000000c4a464b06046400',
    '0000046400000006046500000004650000000604660000000466000000060467000000046700000006046800000004680000',
    '00060469000000046900000006046a000000046a00000006046b000000046b00000006046c000000046c00000006046d0000',
    '00046d00000006046e000000046e00000006046f000000046f00000006047000000004700000000604710000000471000000',
    '0604720000000472000000060473000000047300000006047400000004740000000604750000000475000000060476000000',
    '047600000006047700000004770000000304e8030000060405000000000103060c6d617003061877696e646f77040a020701',
    '00000000000000060461060006047805000000000000f83f060104020000000a01060479011006286576656e742d74696d65',
    '05000000000000f07f06000a020701000000000000000604610111063c70726f63657373696e672d74696d650304e8030000',
    '0500000000000031400600061074657874001a',
  ].join(''),
  delta: [
    '0100020101061476616c75650304e80300000704050000000103060c6d617003061877696e646f77040a0207010000000000',
    '0000060461070604780111063c70726f63657373696e672d74696d650304e803000005000000000000314007061074657874',
    '02000606107465787410000002186f726967696e0314636f756e7400040000000c53464f020103061877696e646f77040a02',
    '0701000000000000000604610602060478030005',
  ].join(''),
};

const KEY_GROUP = 2;

function newBackend(): KeyedStateBackend {
  return new HashmapStateBackend({ keyGroups: { start: 0, end: 3 }, maxParallelism: 4, strings: testStrings });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Keys are put into one key group, whatever their hash is. */
class Filler {
  readonly backend: KeyedStateBackend = newBackend();
  readonly value = this.backend.table({ name: 'value', kind: 'value' });
  readonly map = this.backend.mapTable({ name: 'map', kind: 'map' });

  use(key: unknown): this {
    this.backend.setCurrentKey(key, KEY_GROUP);
    return this;
  }

  fill(): void {
    this.use('text').value.put(VOID_NAMESPACE, { origin: 'JFK', count: 3 });
    this.use(5).value.put(1000, null);
    this.use([1n, 'a']).map.put('window', 'x', 1.5);
    this.map.put('window', 2, ['y']);
    this.backend.timers.register('event-time', VOID_NAMESPACE, Number.POSITIVE_INFINITY);
    this.use('text').backend.timers.register('processing-time', 1000, 17);
    // Enough that a delta is worth its while.
    for (let key = 100; key < 120; key++) this.use(key).value.put(VOID_NAMESPACE, key);
  }

  change(): void {
    this.use('text').value.put(VOID_NAMESPACE, { origin: 'SFO', count: 4 });
    this.use(5).value.remove(1000);
    this.use([1n, 'a']).map.remove('window', 'x');
    this.map.put('window', 'x', true);
    this.use('text').backend.timers.delete('processing-time', 1000, 17);
  }

  snapshot(id: number): KeyGroupSection {
    const sections: KeyGroupSection[] = [];
    const cursor = this.backend.startSnapshot(checkpointId(id), 'incremental');
    const writeSection = (section: KeyGroupSection): void => {
      sections.push({ ...section, bytes: section.bytes.slice() });
    };
    while (!cursor.advance(1000, { writeSection }));
    const refs = sections.map(({ isBase, entryCount }) => {
      return { file: 'f', blockOffset: 0, blockLength: 1, offset: 0, length: 1, isBase, entryCount };
    });
    this.backend.snapshotWritten(checkpointId(id), refs);
    this.backend.checkpointCompleted(checkpointId(id));
    const [section] = sections;
    if (section === undefined || sections.length !== 1) throw new Error('Not one section');
    return section;
  }

  restore(...sections: readonly string[]): void {
    this.backend.restoreKeyGroup(
      KEY_GROUP,
      sections.map((section) => Buffer.from(section, 'hex')),
      [],
    );
  }

  get(key: unknown, namespace: string | number): unknown {
    return this.use(key).value.get(namespace);
  }
}

describe('section format', () => {
  it('is written as version 1 was', () => {
    const filler = new Filler();
    filler.fill();
    const base = filler.snapshot(1);
    filler.change();
    const delta = filler.snapshot(2);
    expect([base.isBase, base.entryCount, delta.isBase, delta.entryCount]).toEqual([true, 26, false, 5]);
    expect({ base: hexOf(base.bytes), delta: hexOf(delta.bytes) }).toEqual(VERSION_1);
  });

  it('reads the base of version 1', () => {
    const filler = new Filler();
    filler.restore(VERSION_1.base);
    expect(filler.get('text', VOID_NAMESPACE)).toEqual({ origin: 'JFK', count: 3 });
    expect(filler.get(5, 1000)).toBeNull();
    expect(filler.get(119, VOID_NAMESPACE)).toBe(119);
    expect([...filler.use([1n, 'a']).map.entries('window')]).toEqual([
      ['x', 1.5],
      [2, ['y']],
    ]);
    expect(filler.backend.timers.next('event-time')).toBe(Number.POSITIVE_INFINITY);
    expect(filler.backend.timers.next('processing-time')).toBe(17);
    expect(filler.backend.entryCount).toBe(26);
  });

  it('reads base and delta of version 1', () => {
    const filler = new Filler();
    filler.restore(VERSION_1.base, VERSION_1.delta);
    expect(filler.get('text', VOID_NAMESPACE)).toEqual({ origin: 'SFO', count: 4 });
    expect(filler.get(5, 1000)).toBeUndefined();
    expect([...filler.use([1n, 'a']).map.entries('window')]).toEqual([
      [2, ['y']],
      ['x', true],
    ]);
    expect(filler.backend.timers.next('processing-time')).toBe(Number.POSITIVE_INFINITY);
    expect(filler.backend.entryCount).toBe(24);
  });

  it('refuses versions it does not know and sections at the wrong place', () => {
    const newer = `03${VERSION_1.base.slice(2)}`;
    expect(() => new Filler().restore(newer)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_VERSION_UNSUPPORTED' }),
    );
    const corrupt = expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' });
    expect(() => new Filler().restore(VERSION_1.delta)).toThrow(corrupt);
    expect(() => new Filler().restore(VERSION_1.base, VERSION_1.base)).toThrow(corrupt);
  });
});
