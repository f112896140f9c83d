import { describe, expect, it } from 'vitest';
import { offer, takeAll } from '../../../test/support/scripted-elements.ts';
import { testStrings } from '../../../test/support/strings.ts';
import { NO_KEY_GROUP } from '../../base/elements.ts';
import { NO_TIMESTAMP } from '../../base/event-time.ts';
import { operatorId } from '../../base/ids.ts';
import { SHAPE_COUNT_MAX } from '../../codec/wire-format.ts';
import { Doorbell, DOORBELL_WORDS } from '../../exchange/doorbell.ts';
import { ringBytes } from '../../exchange/ring-channel.ts';
import type { ChannelSpec } from '../../graph/execution-graph.ts';
import { crossesThreads, RingChannels } from './ring-channels.ts';

const SOURCE = operatorId('00000000000000000000000000000001');
const SINK = operatorId('00000000000000000000000000000002');
const RING_PAGES = 4;

/** Channels between two slots: from subtask 0 to 0, 0 to 1, 1 to 0 and 1 to 1. */
const SPECS = [0, 1, 2, 3].map((index): ChannelSpec => ({
  index,
  edge: {
    id: 0,
    sourceVertex: SOURCE,
    sourceChainIndex: 0,
    sideTag: undefined,
    targetVertex: SINK,
    inputIndex: 0,
    partitioner: { kind: 'rebalance' },
  },
  upstreamSubtask: index >> 1,
  downstreamSubtask: index & 1,
}));
const [WITHIN_0, FROM_0_TO_1, FROM_1_TO_0] = SPECS as [ChannelSpec, ChannelSpec, ChannelSpec];

/** The channels of two slots over the memory that they share; each has doorbells of its own over the same words. */
function twoSlots() {
  const crossing = SPECS.filter(crossesThreads);
  const rings = new Map(
    crossing.map(({ index }) => [index, new SharedArrayBuffer(ringBytes({ pageCount: RING_PAGES }))]),
  );
  const words = new SharedArrayBuffer(2 * DOORBELL_WORDS * Int32Array.BYTES_PER_ELEMENT);
  const warnings: string[] = [];
  const slot = (): RingChannels =>
    new RingChannels({
      rings,
      doorbells: doorbellsOver(words),
      strings: testStrings,
      logger: { log: (_level, message) => void warnings.push(message), with: () => expect.fail('not used') },
      vertexName: (vertexId) => (vertexId === SOURCE ? 'orders' : 'results'),
    });
  return { slots: [slot(), slot()] as const, bells: doorbellsOver(words), warnings };
}

function doorbellsOver(memory: SharedArrayBuffer): readonly [Doorbell, Doorbell] {
  const bytes = DOORBELL_WORDS * Int32Array.BYTES_PER_ELEMENT;
  const at = (slot: number): Doorbell => new Doorbell(new Int32Array(memory, slot * bytes, DOORBELL_WORDS));
  return [at(0), at(1)];
}

/** Whether `action` rings the bell of a slot that sleeps. */
function rings(bell: Doorbell, action: () => void): boolean {
  const seen = bell.prepareSleep();
  action();
  const hasRung = bell.waitAsync(seen) === undefined;
  bell.endSleep();
  return hasRung;
}

describe('crossesThreads', () => {
  it('tells whether both ends are in one slot', () => {
    expect(SPECS.map(crossesThreads)).toEqual([false, true, true, false]);
  });
});

describe('RingChannels', () => {
  it('joins both ends within a slot without a ring, whichever is asked for first', () => {
    const [slot] = twoSlots().slots;
    const reader = slot.reader(WITHIN_0);
    offer(slot.writer(WITHIN_0), 'a@5');
    expect(takeAll(reader)).toEqual(['a@5']);
  });

  it('joins two slots by the ring of their channel, and no other', () => {
    const { slots } = twoSlots();
    const there = slots[0].writer(FROM_0_TO_1);
    const back = slots[1].writer(FROM_1_TO_0);
    for (const element of ['a@5', 'W5', 'B1', 'END']) offer(there, element);
    offer(back, 'b');
    there.flush();
    back.flush();
    expect(takeAll(slots[1].reader(FROM_0_TO_1))).toEqual(['a@5', 'W5', 'B1', 'END']);
    expect(takeAll(slots[0].reader(FROM_1_TO_0))).toEqual(['b']);
  });

  it('wakes the consumer when there is something, and the producer when there is room', () => {
    const { slots, bells } = twoSlots();
    const writer = slots[0].writer(FROM_0_TO_1);
    const reader = slots[1].reader(FROM_0_TO_1);
    offer(writer, 'a');
    expect(rings(bells[0], () => reader.poll(IGNORING, 1))).toBe(false);
    expect(rings(bells[1], () => writer.flush())).toBe(true);
    expect(rings(bells[0], () => takeAll(reader))).toBe(true);
  });

  it('gives all rings of a subtask one encoder, which warns of its shapes once and by name', () => {
    const { slots, warnings } = twoSlots();
    const writer = slots[0].writer(FROM_0_TO_1);
    const again = slots[0].writer({ ...FROM_0_TO_1, index: 2, upstreamSubtask: 0 });
    const reader = slots[1].reader(FROM_0_TO_1);
    for (let shape = 0; shape <= SHAPE_COUNT_MAX; shape++) {
      for (const to of [writer, again]) to.offerRecord({ [`field ${shape}`]: shape }, NO_TIMESTAMP, NO_KEY_GROUP);
      for (const to of [writer, again]) to.flush();
      takeAll(reader);
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('orders');
  });

  it('fails on a channel that has no ring', () => {
    const [slot] = twoSlots().slots;
    expect(() => slot.writer({ ...FROM_0_TO_1, index: 9 })).toThrow('ring of channel 9');
  });
});

const IGNORING = { onRecord: () => true, onControl: () => {} };
