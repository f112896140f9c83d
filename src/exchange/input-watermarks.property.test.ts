/** Against a plain model that keeps what each channel said: inputs by WatermarkMerger, and the rules of combining them by hand. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputWatermarks } from './input-watermarks.ts';
import { WatermarkMerger } from './watermark-merger.ts';

type Change = { readonly watermarkMs: number } | { readonly isIdle: boolean };

type Step =
  | { readonly kind: 'watermark'; readonly channel: number; readonly watermarkMs: number }
  | { readonly kind: 'status'; readonly channel: number; readonly isIdle: boolean }
  | { readonly kind: 'end'; readonly channel: number };

const INPUT_OF_CHANNEL = [0, 1, 0, 1, 1];
const channel = fc.nat({ max: INPUT_OF_CHANNEL.length - 1 });

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('watermark'), channel, watermarkMs: fc.nat({ max: 30 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('status'), channel, isIdle: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end'), channel }) },
);

/** Each input as one channel of its own, and what all of them together allow at any moment. */
class Model {
  readonly watermarks = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  readonly idle = [false, false];
  readonly #mergers = [0, 1].map(
    (input) =>
      new WatermarkMerger(INPUT_OF_CHANNEL.filter((own) => own === input).length, {
        onWatermark: (watermarkMs) => void (this.watermarks[input] = watermarkMs),
        onStatus: (isIdle) => void (this.idle[input] = isIdle),
      }),
  );

  apply(taken: Step): void {
    const input = INPUT_OF_CHANNEL[taken.channel] ?? 0;
    const index = INPUT_OF_CHANNEL.slice(0, taken.channel).filter((own) => own === input).length;
    const merger = this.#mergers[input];
    if (taken.kind === 'watermark') merger?.onWatermark(index, taken.watermarkMs);
    else if (taken.kind === 'status') merger?.onStatus(index, taken.isIdle);
    else merger?.onEndOfInput(index);
  }

  get isIdle(): boolean {
    return this.idle.every(Boolean);
  }

  get boundMs(): number {
    const counted = this.isIdle ? this.watermarks : this.watermarks.filter((_, input) => this.idle[input] !== true);
    return this.isIdle ? Math.max(...counted) : Math.min(...counted);
  }
}

test('the watermark only grows, reaches what the inputs allow and goes no further, and statuses alternate', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const changes: Change[] = [];
      const watermarks = new InputWatermarks(INPUT_OF_CHANNEL, {
        onWatermark: (watermarkMs) => changes.push({ watermarkMs }),
        onStatus: (isIdle) => changes.push({ isIdle }),
      });
      const model = new Model();
      let latestMs = Number.NEGATIVE_INFINITY;
      let isIdle = false;
      const ended = new Set<number>();
      for (const taken of steps) {
        // Nothing follows the end of a channel.
        if (ended.has(taken.channel)) continue;
        if (taken.kind === 'end') ended.add(taken.channel);
        model.apply(taken);
        if (taken.kind === 'watermark') watermarks.onWatermark(taken.channel, taken.watermarkMs);
        else if (taken.kind === 'status') watermarks.onStatus(taken.channel, taken.isIdle);
        else watermarks.onEndOfInput(taken.channel);
        const caused = changes.splice(0);
        for (const change of caused) {
          if ('watermarkMs' in change) {
            expect(change.watermarkMs).toBeGreaterThan(latestMs);
            // A status is behind the watermark that its change lets pass.
            expect(isIdle).toBe(false);
            latestMs = change.watermarkMs;
          } else {
            expect(change.isIdle).toBe(!isIdle);
            isIdle = change.isIdle;
          }
        }
        expect(caused.length).toBeLessThanOrEqual(3);
        expect(isIdle).toBe(model.isIdle);
        expect(latestMs).toBe(Math.max(latestMs, model.boundMs));
        if (caused.some((change) => 'watermarkMs' in change)) expect(latestMs).toBe(model.boundMs);
      }
    }),
    { numRuns: 500 },
  );
});
