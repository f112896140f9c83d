/** What may happen to a window operator, drawn at random, and an operator to which it happens. */
import fc from 'fast-check';
import type { OperatorFactory } from '../../src/base/operator.ts';
import type { Emitted } from './operator-harness.ts';
import { keyBy, OperatorHarness } from './operator-harness.ts';

export type WindowStep =
  | { readonly kind: 'record'; readonly key: number; readonly timestampMs: number }
  | { readonly kind: 'watermark'; readonly byMs: number }
  | { readonly kind: 'restart'; readonly parallelism: number };

/** `n` is the number of the step. */
export interface NumberedRecord {
  readonly key: number;
  readonly n: number;
}

export interface Disturbance {
  readonly fireLimit: number;
  /** A restart after every seventh call, counted from this one; 7 or more for none. */
  readonly restartAfter: number;
}

export const FIRST_WATERMARK_MS = -20;

export const byKey: ReturnType<typeof keyBy> = keyBy(({ key }: NumberedRecord) => key);

export const arbitraryDisturbance: fc.Arbitrary<Disturbance> = fc.record({
  fireLimit: fc.integer({ min: 1, max: 3 }),
  restartAfter: fc.nat(8),
});

/** Records of five keys within 80 ms. */
export const arbitrarySteps: fc.Arbitrary<WindowStep[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('record' as const),
        key: fc.nat(4),
        timestampMs: fc.integer({ min: -20, max: 60 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('watermark' as const), byMs: fc.integer({ min: 1, max: 15 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('restart' as const), parallelism: fc.integer({ min: 1, max: 5 }) }),
    },
  ),
  { maxLength: 80 },
);

export interface WindowRun {
  /** Results and late records as they came, without watermarks. */
  readonly records: readonly Extract<Emitted, { kind: 'record' }>[];
  readonly dropped: number;
  readonly entriesLeft: number;
}

export function runWindows(
  makeOperator: () => OperatorFactory,
  steps: readonly WindowStep[],
  { fireLimit, restartAfter }: Disturbance,
): WindowRun {
  let calls = 0;
  let dropped = 0;
  const restart = (harness: OperatorHarness, parallelism?: number): void => {
    dropped += harness.metric('numLateRecordsDropped');
    harness.restart(parallelism);
  };
  const harness = new OperatorHarness({
    key: byKey,
    fireLimit,
    maxParallelism: 8,
    makeOperator,
    afterStep: (running) => {
      if (++calls % 7 === restartAfter) restart(running);
    },
  });
  let watermarkMs = FIRST_WATERMARK_MS;
  harness.watermark(watermarkMs);
  for (const [n, step] of steps.entries()) {
    if (step.kind === 'record') harness.element({ key: step.key, n }, step.timestampMs);
    else if (step.kind === 'watermark') harness.watermark((watermarkMs += step.byMs));
    else restart(harness, step.parallelism);
  }
  harness.endOfInput();
  return {
    records: harness.take().filter((emitted) => emitted.kind === 'record'),
    dropped: dropped + harness.metric('numLateRecordsDropped'),
    entriesLeft: harness.entryCount,
  };
}
