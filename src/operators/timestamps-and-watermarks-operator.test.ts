import { describe, expect, test } from 'vitest';
import { OperatorHarness } from '../../test/support/operator-harness.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { WatermarkGenerator, WatermarkStrategy } from '../base/watermark-strategy.ts';
import { timestampsAndWatermarksOperator } from './timestamps-and-watermarks-operator.ts';

/** Watermark = highest timestamp. */
class Highest implements WatermarkGenerator {
  #highestMs = Number.NEGATIVE_INFINITY;

  onEvent(timestampMs: EventTimeMs): undefined {
    this.#highestMs = Math.max(this.#highestMs, timestampMs);
  }

  current(): EventTimeMs {
    return this.#highestMs;
  }

  snapshot(): unknown {
    return this.#highestMs;
  }

  restore(state: unknown): void {
    this.#highestMs = Number(state);
  }
}

function strategy(parts: Partial<WatermarkStrategy<number>> = {}): WatermarkStrategy<number> {
  return { createGenerator: () => new Highest(), timestampAssigner: undefined, idleTimeoutMs: undefined, ...parts };
}

function assigning(parts: Partial<WatermarkStrategy<number>> = {}, parallelism = 1): OperatorHarness {
  return new OperatorHarness({ makeOperator: () => timestampsAndWatermarksOperator(strategy(parts)), parallelism });
}

const watermarks = (harness: OperatorHarness): number[] =>
  harness.take().flatMap((emitted) => (emitted.kind === 'watermark' ? [emitted.watermarkMs] : []));

describe('timestamps', () => {
  test('without an assigner stay as they are, missing ones too, which make no watermark', () => {
    const harness = assigning();
    harness.element(1, 5);
    harness.element(2);
    harness.processingTime(200);

    expect(harness.take()).toEqual([
      { kind: 'record', out: 'main', value: 1, timestampMs: 5 },
      { kind: 'record', out: 'main', value: 2, timestampMs: Number.NaN },
      { kind: 'watermark', watermarkMs: 5 },
    ]);
  });

  test.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '7', null])('cannot be %j', (timestampMs) => {
    const harness = assigning({ timestampAssigner: () => timestampMs as number }); // as from JavaScript
    expect(() => harness.element(1)).toThrow(expect.objectContaining({ code: 'TIMESTAMP_INVALID' }));
  });

  test('cannot be promises', () => {
    const harness = assigning({ timestampAssigner: (async () => 1) as unknown as () => number }); // as from JavaScript
    expect(() => harness.element(1)).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
  });
});

describe('watermarks', () => {
  test('come each 200 ms unless the configuration says otherwise', () => {
    const harness = assigning();
    harness.element(1, 5);
    harness.processingTime(199);
    expect(watermarks(harness)).toEqual([]);
    harness.processingTime(200);
    expect(watermarks(harness)).toEqual([5]);
  });

  test('do not come at an interval of 0', () => {
    const harness = new OperatorHarness({
      makeOperator: () => timestampsAndWatermarksOperator(strategy()),
      autoWatermarkIntervalMs: 0,
    });
    harness.element(1, 5);
    harness.processingTime(1_000_000);
    harness.endOfInput();
    expect(watermarks(harness)).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('go on after a restore from where they were', () => {
    const harness = assigning();
    harness.element(1, 50);
    harness.restart();
    harness.element(2, 7);
    harness.processingTime(200);
    expect(watermarks(harness)).toEqual([50]);
  });

  test('are sent again after a restore, because channels behind know nothing of them', () => {
    const harness = assigning();
    harness.element(1, 50);
    harness.processingTime(200);
    harness.take();

    harness.restart();
    expect(watermarks(harness)).toEqual([50]);
    harness.fireDue();
    harness.processingTime(400);
    expect(watermarks(harness)).toEqual([]);
  });

  test('that were sent again are those of each subtask, and of a new one those of the slowest', () => {
    const harness = assigning({}, 2);
    harness.element(1, 50);
    harness.element(2, 20);
    harness.processingTime(200);
    harness.take();

    harness.restart(2);
    expect(watermarks(harness)).toEqual([50, 20]);
    harness.restart(3);
    expect(watermarks(harness)).toEqual([50, 20, 20]);
  });

  test('follow the slowest of the subtasks that are merged into one', () => {
    const harness = assigning({}, 2);
    harness.element(1, 50);
    harness.element(2, 20);
    harness.processingTime(200);
    harness.take();

    harness.restart(1);
    harness.element(3, 30);
    harness.processingTime(400);

    expect(watermarks(harness)).toEqual([20, 30]);
  });

  test('of an idle stream come back with the next one that grows', () => {
    const harness = assigning({ idleTimeoutMs: 300 });
    harness.element(1, 5);
    for (let nowMs = 200; nowMs <= 1000; nowMs += 200) harness.processingTime(nowMs);
    harness.element(2, 4);
    harness.processingTime(1200);
    harness.element(3, 6);
    harness.processingTime(1400);

    const changes = harness.take().filter(({ kind }) => kind !== 'record');
    expect(changes).toEqual([
      { kind: 'watermark', watermarkMs: 5 },
      { kind: 'status', isIdle: true },
      { kind: 'status', isIdle: false },
      { kind: 'watermark', watermarkMs: 6 },
    ]);
  });
});
