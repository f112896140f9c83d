import { describe, expect, test } from 'vitest';
import { goldenCase } from '../../test/support/golden-case.ts';
import { WATERMARK_MAX } from '../base/event-time.ts';
import { InputWatermarks } from './input-watermarks.ts';

type Change = number | 'idle' | 'active';

class CombinedInputs {
  readonly changes: Change[] = [];
  readonly watermarks: InputWatermarks;

  /** @param inputOfChannel a channel for each input if not said otherwise */
  constructor(inputOfChannel: readonly number[] = [0, 1]) {
    this.watermarks = new InputWatermarks(inputOfChannel, {
      onWatermark: (watermarkMs) => this.changes.push(watermarkMs),
      onStatus: (isIdle) => this.changes.push(isIdle ? 'idle' : 'active'),
    });
  }

  take(): Change[] {
    return this.changes.splice(0);
  }
}

interface GoldenLine {
  readonly input?: number;
  readonly watermark?: number | string;
  readonly idle?: boolean;
  readonly status?: 'idle' | 'active';
}

function changeOf({ status, watermark }: GoldenLine): Change[] {
  if (status !== undefined) return [status];
  return watermark === undefined ? [] : [watermark === 'MAX' ? WATERMARK_MAX : Number(watermark)];
}

describe('watermarks of recorded Flink jobs', () => {
  test.each(['connect-all-idle-slow-last', 'connect-idleness-catch-up', 'connect-keyed-coprocess'])('%s', (name) => {
    const { input, output } = goldenCase<GoldenLine, GoldenLine>(name);
    const { watermarks, changes } = new CombinedInputs();
    for (const { input: channel = 0, idle, watermark } of input) {
      // As the scripted source: an element or a watermark makes an idle input active again.
      watermarks.onStatus(channel, idle === true);
      if (watermark !== undefined) watermarks.onWatermark(channel, Number(watermark));
    }
    watermarks.onEndOfInput(0);
    watermarks.onEndOfInput(1);

    expect(changes).toEqual(output.flatMap(changeOf));
  });
});

describe('InputWatermarks', () => {
  test('merges the channels of an input by themselves, wherever they lie in the gate', () => {
    const inputs = new CombinedInputs([1, 0, 1]);
    inputs.watermarks.onWatermark(0, 5);
    inputs.watermarks.onWatermark(1, 9);
    expect(inputs.take()).toEqual([]);
    inputs.watermarks.onWatermark(2, 7);
    expect(inputs.take()).toEqual([5]);
    inputs.watermarks.onWatermark(0, 20);
    expect(inputs.take()).toEqual([7]);
  });

  test('a channel that catches up with its own input does not hold the subtask back, an input that is behind does', () => {
    const inputs = new CombinedInputs([0, 0, 1]);
    inputs.watermarks.onStatus(0, true);
    inputs.watermarks.onWatermark(1, 10);
    inputs.watermarks.onWatermark(2, 12);
    expect(inputs.take()).toEqual([10]);
    inputs.watermarks.onStatus(0, false);
    inputs.watermarks.onWatermark(1, 11);
    expect(inputs.take()).toEqual([11]);
    inputs.watermarks.onStatus(2, true);
    inputs.watermarks.onWatermark(1, 30);
    inputs.watermarks.onStatus(2, false);
    inputs.watermarks.onWatermark(1, 40);
    expect(inputs.take()).toEqual([30]);
    inputs.watermarks.onWatermark(2, 35);
    expect(inputs.take()).toEqual([35]);
  });

  test('an input whose last channel becomes idle gives its highest watermark, and then the other input alone counts', () => {
    const inputs = new CombinedInputs([0, 0, 1]);
    inputs.watermarks.onWatermark(0, 5);
    inputs.watermarks.onWatermark(1, 7);
    inputs.watermarks.onWatermark(2, 10);
    inputs.watermarks.onStatus(1, true);
    expect(inputs.take()).toEqual([5]);
    inputs.watermarks.onStatus(0, true);
    expect(inputs.take()).toEqual([7, 10]);
  });

  test('an input ends with its last channel, and counts for nothing from then on', () => {
    const inputs = new CombinedInputs([0, 0, 1]);
    inputs.watermarks.onWatermark(2, 10);
    inputs.watermarks.onEndOfInput(0);
    expect(inputs.take()).toEqual([]);
    inputs.watermarks.onEndOfInput(1);
    expect(inputs.take()).toEqual([10]);
    inputs.watermarks.onWatermark(2, 20);
    inputs.watermarks.onEndOfInput(2);
    expect(inputs.take()).toEqual([20, WATERMARK_MAX]);
  });

  test('is idle when all inputs are, and active again with the first of them', () => {
    const inputs = new CombinedInputs();
    inputs.watermarks.onStatus(0, true);
    inputs.watermarks.onWatermark(1, 3);
    inputs.watermarks.onStatus(1, true);
    expect(inputs.take()).toEqual([3, 'idle']);
    inputs.watermarks.onStatus(0, false);
    inputs.watermarks.onStatus(1, false);
    expect(inputs.take()).toEqual(['active']);
  });
});
