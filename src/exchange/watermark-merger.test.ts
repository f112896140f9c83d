import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WATERMARK_MAX } from '../base/event-time.ts';
import { WatermarkMerger } from './watermark-merger.ts';

type Change = number | 'idle' | 'active';

class MergedChannels {
  readonly changes: Change[] = [];
  readonly merger: WatermarkMerger;

  constructor(channelCount: number) {
    this.merger = new WatermarkMerger(channelCount, {
      onWatermark: (watermarkMs) => this.changes.push(watermarkMs),
      onStatus: (isIdle) => this.changes.push(isIdle ? 'idle' : 'active'),
    });
  }

  take(): Change[] {
    return this.changes.splice(0);
  }
}

describe('watermarks of recorded Flink jobs', () => {
  test.each([
    'union-idleness',
    'union-idleness-catch-up',
    'union-all-idle',
    'union-all-idle-slow-last',
    'union-min-watermark',
    'union-three-inputs',
  ])('%s', (name) => {
    const folder = join(import.meta.dirname, '../../test/golden/cases', name);
    const { inputs } = readJson(join(folder, 'case.json')) as { inputs: number };
    const channels = new MergedChannels(inputs);
    for (const line of readLines(join(folder, 'input.jsonl'))) replay(channels.merger, line);
    for (let index = 0; index < inputs; index++) channels.merger.onEndOfInput(index);

    const expected = readLines(join(folder, 'output.jsonl')).flatMap(changeOf);
    expect(channels.changes).toEqual(expected);
  });
});

describe('WatermarkMerger', () => {
  test('says nothing before every channel has a watermark', () => {
    const channels = new MergedChannels(2);
    channels.merger.onWatermark(0, 5);
    expect(channels.take()).toEqual([]);
    channels.merger.onWatermark(1, 7);
    expect(channels.take()).toEqual([5]);
  });

  test('ignores a watermark that does not grow and one of an idle channel', () => {
    const channels = new MergedChannels(2);
    channels.merger.onWatermark(0, 5);
    channels.merger.onWatermark(0, 4);
    channels.merger.onStatus(1, true);
    channels.merger.onWatermark(1, 100);
    channels.merger.onWatermark(0, 50);
    expect(channels.take()).toEqual([5, 50]);
    channels.merger.onStatus(1, false);
    channels.merger.onWatermark(0, 200);
    expect(channels.take()).toEqual([200]);
  });

  test('flushes the maximum when the slowest channel becomes idle last', () => {
    const channels = new MergedChannels(2);
    channels.merger.onWatermark(0, 9);
    channels.merger.onWatermark(1, 3);
    channels.merger.onStatus(0, true);
    expect(channels.take()).toEqual([3]);
    channels.merger.onStatus(1, true);
    expect(channels.take()).toEqual([9, 'idle']);
  });

  test('an ended channel does not hold the others back, and the last one ends the subtask', () => {
    const channels = new MergedChannels(2);
    channels.merger.onWatermark(0, 9);
    channels.merger.onEndOfInput(1);
    expect(channels.take()).toEqual([9]);
    channels.merger.onEndOfInput(0);
    expect(channels.take()).toEqual([WATERMARK_MAX]);
  });

  test('an idle channel that ends becomes active for its last watermark', () => {
    const channels = new MergedChannels(1);
    channels.merger.onStatus(0, true);
    channels.merger.onEndOfInput(0);
    expect(channels.take()).toEqual(['idle', 'active', WATERMARK_MAX]);
  });
});

interface GoldenLine {
  readonly input?: number;
  readonly watermark?: number | string;
  readonly idle?: boolean;
  readonly status?: 'idle' | 'active';
}

/** As the scripted source: an element or a watermark makes an idle input active again. */
function replay(merger: WatermarkMerger, line: GoldenLine): void {
  const input = line.input ?? 0;
  merger.onStatus(input, line.idle === true);
  if (line.watermark !== undefined) merger.onWatermark(input, Number(line.watermark));
}

function changeOf(line: GoldenLine): Change[] {
  if (line.status !== undefined) return [line.status];
  if (line.watermark === undefined) return [];
  return [line.watermark === 'MAX' ? WATERMARK_MAX : Number(line.watermark)];
}

function readLines(path: string): GoldenLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as GoldenLine);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
