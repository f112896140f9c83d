import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../base/ids.ts';
import { FakeReaderContext, RecordingOutput } from '../../../test/support/fake-reader-context.ts';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import { GeneratorReader } from './generator-reader.ts';
import type { GeneratorSettings } from './generator-reader.ts';
import { generatorSplit } from './generator-split.ts';

const ENDLESS: GeneratorSettings<number> = {
  generate: (index) => index,
  count: Number.POSITIVE_INFINITY,
  recordsPerSecond: undefined,
  timestamp: undefined,
};

function makeFixture(settings: Partial<GeneratorSettings<unknown>> = {}): {
  readonly environment: ReturnType<typeof memoryEnvironment>;
  readonly context: FakeReaderContext;
  readonly reader: GeneratorReader<unknown>;
  readonly output: RecordingOutput<unknown>;
} {
  const environment = memoryEnvironment();
  const context = new FakeReaderContext(environment);
  const reader = new GeneratorReader<unknown>(context, { ...ENDLESS, ...settings });
  return { environment, context, reader, output: new RecordingOutput() };
}

describe('GeneratorReader', () => {
  it('merges its splits in the order of the index', () => {
    const { reader, output } = makeFixture();
    reader.addSplits([{ ...generatorSplit(2, 3), position: 1 }, generatorSplit(0, 3)]);
    expect(reader.poll(output, 5)).toBe('more');
    expect(output.records).toEqual([0, 3, 5, 6, 8]);
    expect(reader.snapshotState(checkpointId(1))).toEqual([
      { ...generatorSplit(0, 3), position: 3 },
      { ...generatorSplit(2, 3), position: 3 },
    ]);
  });

  it('ends when its splits are at their ends and no more come', () => {
    const { reader, output } = makeFixture({ count: 4 });
    reader.addSplits([generatorSplit(0, 3), generatorSplit(2, 3)]);
    expect(reader.poll(output, 10)).toBe('nothing');
    expect(output.records).toEqual([0, 2, 3]);
    expect(output.finished).toEqual(['2/3', '0/3']);
    reader.noMoreSplits();
    expect(reader.poll(output, 10)).toBe('end');
  });

  it('emits its part of the rate by the clock, and wakes up for it', () => {
    const { reader, output, context, environment } = makeFixture({ recordsPerSecond: 300 });
    reader.addSplits([generatorSplit(1, 3)]);
    const wakeUps = context.wakeUps;
    expect(reader.poll(output, 1000)).toBe('nothing');
    environment.advance(10);
    expect(context.wakeUps).toBe(wakeUps + 1);
    expect(reader.poll(output, 1000)).toBe('nothing');
    expect(output.records).toEqual([1]);
    for (let step = 0; step < 99; step++) {
      environment.advance(10);
      reader.poll(output, 1000);
    }
    expect(output.records).toHaveLength(100);
  });

  it('makes up for nothing after it was held up', () => {
    const { reader, output, environment } = makeFixture({ recordsPerSecond: 100 });
    reader.addSplits([generatorSplit(0, 1)]);
    environment.advance(60_000);
    reader.poll(output, 1000);
    expect(output.records).toHaveLength(10);
  });

  it('sets no timer when it is closed', () => {
    const { reader, output, context, environment } = makeFixture({ recordsPerSecond: 1 });
    reader.addSplits([generatorSplit(0, 1)]);
    reader.poll(output, 10);
    const wakeUps = context.wakeUps;
    reader.close();
    environment.advance(10_000);
    expect(context.wakeUps).toBe(wakeUps);
  });

  it('gives each record its timestamp', () => {
    const { reader, output } = makeFixture({ timestamp: (index) => 1000 + index });
    reader.addSplits([generatorSplit(0, 1)]);
    reader.poll(output, 2);
    expect(output.timestamps).toEqual([1000, 1001]);
  });

  it.each<[string, Partial<GeneratorSettings<unknown>>, string, string]>([
    [
      'a generator that throws',
      {
        generate: () => {
          throw new Error('no luck');
        },
      },
      'USER_FUNCTION_FAILED',
      'Generating record 0 failed: no luck',
    ],
    [
      'a generator that returns a promise',
      { generate: () => Promise.resolve(1) },
      'PROMISE_NOT_ALLOWED',
      'Generating record 0 failed: the generator returned a promise',
    ],
    [
      'a timestamp that is none',
      { timestamp: () => 1.5 },
      'TIMESTAMP_INVALID',
      "Generating record 0 failed: its timestamp '1.5' is not integer milliseconds",
    ],
  ])('fails at %s, and does not move on', (_name, settings, code, message) => {
    const { reader, output } = makeFixture(settings);
    reader.addSplits([generatorSplit(0, 1)]);
    expect(() => reader.poll(output, 1)).toThrow(expect.objectContaining({ code, message }));
    expect(reader.snapshotState(checkpointId(1))).toEqual([generatorSplit(0, 1)]);
  });
});
