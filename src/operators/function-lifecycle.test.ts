import { describe, expect, test } from 'vitest';
import { memoryEnvironment } from '../../test/support/memory-environment.ts';
import { OperatorHarness } from '../../test/support/operator-harness.ts';
import type { Collector } from './functions/collector.ts';
import type { RichMapFunction } from './functions/map-function.ts';
import type { RuntimeContext } from './functions/runtime-context.ts';
import { FunctionLifecycle } from './function-lifecycle.ts';
import { mapOperator } from './map-operator.ts';

const context: RuntimeContext = {
  operatorName: 'map',
  operatorUid: 'map',
  subtaskIndex: 0,
  parallelism: 1,
  maxParallelism: 128,
  attemptNumber: 0,
  parameters: new Map(),
  signal: new AbortController().signal,
  logger: memoryEnvironment().logger,
};

class RecordingFunction implements RichMapFunction<number, number> {
  readonly calls: string[] = [];
  readonly #opening: () => void | Promise<void>;

  constructor(opening: () => void | Promise<void> = () => undefined) {
    this.#opening = opening;
  }

  open(ctx: RuntimeContext): void | Promise<void> {
    this.calls.push(`open ${ctx.subtaskIndex} of ${ctx.parallelism}`);
    return this.#opening();
  }

  map(value: number): number {
    this.calls.push(`map ${value}`);
    return value;
  }

  finish(out: Collector<number>): void {
    this.calls.push('finish');
    out.collect(-1);
  }

  close(): void {
    this.calls.push('close');
  }
}

describe('the life of a function object', () => {
  test('goes from open over calls and finish to close', () => {
    const fn = new RecordingFunction();
    const harness = new OperatorHarness({ makeOperator: () => mapOperator(fn) });

    harness.element(1, 10);
    harness.endOfInput();
    harness.close();

    expect(fn.calls).toEqual(['open 0 of 1', 'map 1', 'finish', 'close']);
    expect(
      harness
        .take()
        .map((emitted) => (emitted.kind === 'record' ? [emitted.value, emitted.timestampMs] : emitted.kind)),
    ).toEqual([[1, 10], 'watermark', [-1, Number.NaN]]);
  });

  test('closes a function whose open failed', () => {
    const fn = new RecordingFunction(() => {
      throw new Error('no connection');
    });
    const lifecycle = new FunctionLifecycle(fn);

    expect(() => lifecycle.open(context)).toThrow('no connection');
    void lifecycle.close();

    expect(fn.calls).toEqual(['open 0 of 1', 'close']);
  });

  test('does not close a function that was never opened', () => {
    const fn = new RecordingFunction();

    void new FunctionLifecycle(fn).close();

    expect(fn.calls).toEqual([]);
  });

  test('hands the promise of an async open on', async () => {
    const opening = Promise.withResolvers<void>();
    const lifecycle = new FunctionLifecycle(new RecordingFunction(() => opening.promise));
    let isOpen = false;
    const opened = Promise.resolve(lifecycle.open(context)).then(() => (isOpen = true));

    await Promise.resolve();
    expect(isOpen).toBe(false);
    opening.resolve();
    await opened;
    expect(isOpen).toBe(true);
  });

  test('is lived once: a second operator cannot open the same object', () => {
    const fn = new RecordingFunction();
    const first = new OperatorHarness({ makeOperator: () => mapOperator(fn) });
    first.close();

    expect(() => new OperatorHarness({ makeOperator: () => mapOperator(fn) })).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });

  test('does not exist for plain functions and bare objects, which may be shared', () => {
    const plain = (value: number): number => value + 1;
    const bare = { map: plain };
    for (const fn of [plain, plain, bare, bare]) {
      const harness = new OperatorHarness({ makeOperator: () => mapOperator(fn) });
      harness.element(1);
      expect(harness.takeValues()).toEqual([2]);
    }
  });

  test('refuses a finish that returns a promise', () => {
    const harness = new OperatorHarness({
      makeOperator: () =>
        mapOperator({ map: (value: number) => value, finish: (): unknown => Promise.resolve() } as RichMapFunction<
          number,
          number
        >),
    });

    expect(() => harness.endOfInput()).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
  });
});
