import { describe, expect, it } from 'vitest';
import type { ChannelReader } from '../../base/channel.ts';
import { operatorId } from '../../base/ids.ts';
import type { ChannelSpec } from '../../graph/execution-graph.ts';
import { nodeStrings } from '../node/node-strings.ts';
import { SimChannels } from './sim-channels.ts';
import { SimRandom } from './sim-random.ts';

const VERTEX = operatorId('0123456789abcdef0123456789abcdef');

/** Only what channels look at. */
const SPEC = {
  index: 0,
  edge: { sourceVertex: VERTEX },
  upstreamSubtask: 0,
  downstreamSubtask: 1,
} as unknown as ChannelSpec;

function take(reader: ChannelReader, limit: number): unknown[] {
  const taken: unknown[] = [];
  reader.poll(
    {
      onRecord: (value) => {
        taken.push(value);
        return true;
      },
      onControl: (element) => taken.push(element.kind),
    },
    limit,
  );
  return taken;
}

describe.each([1, 2, 3, 4, 5, 6])('channels of seed %i', (seed) => {
  it('fill, hold their order, and wake both sides', () => {
    const woken = new Set<number>();
    const channels = new SimChannels({
      strings: nodeStrings,
      random: new SimRandom(seed),
      wakeUp: (slotIndex) => woken.add(slotIndex),
      beforeRecord: () => {},
    });
    const writer = channels.writer(SPEC);
    const reader = channels.reader(SPEC);
    let sent = 0;
    while (sent < 10_000 && writer.offerRecord({ n: sent }, Number.NaN, -1)) sent++;
    expect(sent).toBeLessThan(1000);
    expect(woken).toEqual(new Set([1]));
    const taken = take(reader, 5000);
    expect(woken).toEqual(new Set([0, 1]));
    writer.flush();
    taken.push(...take(reader, 5000));
    expect(taken).toEqual(Array.from({ length: sent }, (_, n) => ({ n })));
  });

  it('notice a watermark that goes back', () => {
    const channels = new SimChannels({
      strings: nodeStrings,
      random: new SimRandom(seed),
      wakeUp: () => {},
      beforeRecord: () => {},
    });
    const writer = channels.writer(SPEC);
    const reader = channels.reader(SPEC);
    expect(writer.offerControl({ kind: 'watermark', timestampMs: 20 })).toBe(true);
    writer.flush();
    expect(take(reader, 1)).toEqual(['watermark']);
    expect(() => writer.offerControl({ kind: 'watermark', timestampMs: 19 })).toThrow(/goes back from 20 to 19/);
  });
});
