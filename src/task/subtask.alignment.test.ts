import { describe, expect, it } from 'vitest';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import { SubtaskFixture } from '../../test/support/subtask-fixture.ts';

async function mapping(inputs: number): Promise<SubtaskFixture> {
  const log: string[] = [];
  const operator = new FakeOperator({ name: 'map', log });
  return SubtaskFixture.running({ chain: [{ name: 'map', operator }], inputs, log });
}

describe('a subtask that aligns barriers', () => {
  it('takes no record from behind a barrier before the barrier has come on every channel', async () => {
    const fixture = await mapping(3);
    fixture.send(0, 'a1', 'B1', 'a2');
    fixture.send(1, 'b1', 'b2');
    fixture.send(2, 'B1', 'c1');
    await fixture.settle();
    expect(fixture.received()).toEqual(['a1', 'b1', 'b2']);
    fixture.send(1, 'b3', 'B1', 'b4');
    await fixture.settle();
    const [before, taken, ...behind] = fixture.received();
    expect([before, taken]).toEqual(['b3', 'B1']);
    expect(behind.toSorted()).toEqual(['a2', 'b4', 'c1']);
    expect(fixture.master.heard).toEqual(['running', 'ack 1']);
  });

  it('measures how long the first barrier waited for the last', async () => {
    const fixture = await mapping(2);
    fixture.send(0, 'B1');
    await fixture.settle();
    await fixture.virtual.advance(70);
    fixture.send(1, 'B1');
    await fixture.settle();
    await fixture.virtual.advance(1000);
    fixture.send(0, 'B2');
    fixture.send(1, 'B2');
    await fixture.settle();
    const times = fixture.master.acknowledgements.map(({ snapshot }) => snapshot.statistics.alignmentMs);
    expect(times).toEqual([70, 0]);
    expect(fixture.metrics.get('checkpointAlignmentTimeMs')).toBe(70);
  });

  it('has nothing to align on one channel', async () => {
    const fixture = await mapping(1);
    await fixture.virtual.advance(500);
    fixture.send(0, 'a', 'B1', 'b');
    await fixture.settle();
    expect(fixture.received()).toEqual(['a', 'B1', 'b']);
    expect(fixture.master.acknowledgements[0]?.snapshot.statistics.alignmentMs).toBe(0);
  });

  it('blocks nothing under at-least-once, and takes its part at the last barrier', async () => {
    const fixture = await mapping(2);
    fixture.sendAs('at-least-once', 0, 'a', 'B1', 'b');
    await fixture.settle();
    expect(fixture.received()).toEqual(['a', 'b']);
    fixture.sendAs('at-least-once', 1, 'B1');
    await fixture.settle();
    expect(fixture.received()).toEqual(['B1']);
    expect(fixture.master.heard).toEqual(['running', 'ack 1']);
  });

  it('counts the end of a channel as its barrier, also of one that never had a record', async () => {
    const fixture = await mapping(2);
    fixture.send(0, 'a', 'B1', 'b');
    await fixture.settle();
    fixture.send(1, 'Wmax', 'END');
    await fixture.settle();
    expect(fixture.received()).toEqual(['a', 'B1', 'b']);
    fixture.send(0, 'B2');
    await fixture.settle();
    fixture.send(0, 'Wmax', 'END');
    await fixture.settle();
    expect(fixture.received()).toEqual(['B2', 'Wmax', 'END']);
    expect(fixture.master.heard).toEqual(['running', 'ack 1', 'ack 2', 'end-of-data']);
  });

  it('gives a checkpoint up when its cancel marker comes, passes the marker on, and goes on', async () => {
    const fixture = await mapping(2);
    fixture.send(0, 'B1', 'a');
    await fixture.settle();
    fixture.send(1, 'C1', 'B1', 'B2');
    fixture.send(0, 'B2', 'b');
    await fixture.settle();
    expect(fixture.received()).toEqual(['C1', 'a', 'B2', 'b']);
    expect(fixture.master.heard).toEqual(['running', 'decline 1 canceled-by-marker', 'ack 2']);
  });

  it('gives a checkpoint up when the barrier of a later one comes instead', async () => {
    const fixture = await mapping(2);
    fixture.send(0, 'B1', 'a', 'B2');
    fixture.send(1, 'B2', 'b');
    await fixture.settle();
    expect(fixture.received()).toEqual(['C1', 'a', 'B2', 'b']);
    expect(fixture.master.heard).toEqual(['running', 'decline 1 subsumed', 'ack 2']);
  });

  it('unblocks its channels when the coordinator aborts, sends nothing, and ignores the barriers that still come', async () => {
    const fixture = await mapping(2);
    fixture.send(0, 'B1', 'a');
    await fixture.settle();
    fixture.aborted(1);
    await fixture.settle();
    fixture.send(1, 'B1', 'b');
    await fixture.settle();
    expect(fixture.received()).toEqual(['a', 'b']);
    expect(fixture.master.heard).toEqual(['running']);
  });

  it('leaves the alignment of an earlier checkpoint alone when a later one is aborted', async () => {
    const fixture = await mapping(2);
    fixture.send(0, 'B1', 'B2', 'a');
    await fixture.settle();
    fixture.aborted(2);
    await fixture.settle();
    fixture.send(1, 'B1', 'B2', 'b');
    await fixture.settle();
    expect(fixture.received()).toEqual(['B1', 'a', 'b']);
    expect(fixture.master.heard).toEqual(['running', 'ack 1']);
  });
});
