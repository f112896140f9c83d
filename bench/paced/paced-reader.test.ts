import { describe, expect, it } from 'vitest';
import { FakeReaderContext, RecordingOutput } from '../../test/support/fake-reader-context.ts';
import { memoryEnvironment } from '../../test/support/memory-environment.ts';
import { machineNowMs } from './machine-clock.ts';
import { PacedReader } from './paced-reader.ts';
import type { PacedSplit } from './paced-split.ts';

/** No test takes as long. */
const HOUR_MS = 3_600_000;

function makeFixture(split: Partial<PacedSplit>): {
  readonly reader: PacedReader<string>;
  readonly context: FakeReaderContext;
  readonly output: RecordingOutput<string>;
} {
  const context = new FakeReaderContext(memoryEnvironment());
  const reader = new PacedReader<string>(context, {
    rate: 1000,
    fill: (n) => `fill ${n}`,
    make: (n, dueMs) => `event ${n} at ${dueMs}`,
    waiting: 'spin',
  });
  reader.addSplits([
    { splitId: 'event-1', residue: 1, modulus: 2, position: 0, end: 7, startAtMs: undefined, ...split },
  ]);
  return { reader, context, output: new RecordingOutput() };
}

describe('PacedReader', () => {
  it('fills at full speed, and then asks for more, once', () => {
    const { reader, context, output } = makeFixture({});
    expect(reader.poll(output, 2)).toBe('more');
    expect(output.records).toEqual(['fill 1', 'fill 3']);
    expect(reader.poll(output, 2)).toBe('nothing');
    expect(reader.poll(output, 2)).toBe('nothing');
    expect(output.records).toEqual(['fill 1', 'fill 3', 'fill 5']);
    expect(context.requests).toBe(1);
  });

  it('asks again when it is restored at the end of the filling', () => {
    const { reader, context, output } = makeFixture({ position: 3 });
    expect(reader.poll(output, 2)).toBe('nothing');
    expect(context.requests).toBe(1);
    reader.addSplits([{ splitId: 'next', residue: 1, modulus: 2, position: 0, end: 3, startAtMs: -HOUR_MS }]);
    expect(reader.snapshotState().map(({ splitId }) => splitId)).toEqual(['event-1', 'next']);
    reader.noMoreSplits();
    while (reader.poll(output, 2) !== 'end');
    expect(output.records).toEqual([`event 1 at ${1 - HOUR_MS}`]);
    expect(output.finished).toEqual(['event-1', 'next']);
  });

  it('emits nothing before it is due', () => {
    const { reader, output } = makeFixture({ startAtMs: machineNowMs() + HOUR_MS });
    expect(reader.poll(output, 10)).toBe('more');
    expect(output.records).toEqual([]);
  });

  it('emits all that was missed, each with the moment at which it was due', () => {
    const { reader, output } = makeFixture({ startAtMs: -HOUR_MS });
    reader.noMoreSplits();
    reader.poll(output, 10);
    expect(output.records).toEqual([1, 3, 5].map((n) => `event ${n} at ${n - HOUR_MS}`));
    expect(reader.poll(output, 10)).toBe('end');
  });

  it('goes on after the position that was restored', () => {
    const { reader, output } = makeFixture({ startAtMs: -HOUR_MS, position: 1 });
    reader.poll(output, 1);
    expect(output.records).toEqual([`event 3 at ${3 - HOUR_MS}`]);
    expect(reader.snapshotState()).toMatchObject([{ splitId: 'event-1', position: 2, startAtMs: -HOUR_MS }]);
  });

  it('stops when an output is full', () => {
    const { reader, output } = makeFixture({ startAtMs: -HOUR_MS });
    output.room = 2;
    reader.poll(output, 10);
    expect(output.records).toHaveLength(2);
    expect(reader.snapshotState()).toMatchObject([{ position: 2 }]);
  });
});
