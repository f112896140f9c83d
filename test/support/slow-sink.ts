/**
 * A sink of one's own, written against the public contract, that takes its time: it holds at most `capacity` records and lets
 * `perTick` of them go each millisecond. What it has done is summed up for all writers of this thread.
 */
import type { Sink } from 'millrace';
import type { SinkWriter, WriterContext } from 'millrace/connectors';

export interface SlowSinkOptions {
  readonly capacity: number;
  readonly perTick: number;
}

export const slowSinkTotals: { written: number; heldMax: number } = { written: 0, heldMax: 0 };

export function slowSink<T>(options: SlowSinkOptions): Sink<T, never, never> {
  return {
    kind: 'slow',
    guarantee: 'at-least-once',
    identity: () => [],
    createWriter: (context) => new SlowWriter<T>(context, options),
  };
}

class SlowWriter<T> implements SinkWriter<T, never, never> {
  readonly #context: WriterContext;
  readonly #options: SlowSinkOptions;
  #held = 0;
  #isTicking = false;
  #whenEmpty: (() => void)[] = [];

  constructor(context: WriterContext, options: SlowSinkOptions) {
    this.#context = context;
    this.#options = options;
  }

  open(): void {}

  get isWritable(): boolean {
    return this.#held < this.#options.capacity;
  }

  readonly write = (_value: T): void => {
    this.#held++;
    slowSinkTotals.written++;
    slowSinkTotals.heldMax = Math.max(slowSinkTotals.heldMax, this.#held);
    this.#tick();
  };

  prepareCommit(): readonly never[] {
    return [];
  }

  snapshotState(): readonly never[] {
    return [];
  }

  durable(): Promise<void> {
    if (this.#held === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  close(): void {}

  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#context.environment.timers.after(1, () => {
      this.#isTicking = false;
      this.#held = Math.max(0, this.#held - this.#options.perTick);
      this.#context.wakeUp();
      if (this.#held > 0) return this.#tick();
      for (const resolve of this.#whenEmpty.splice(0)) resolve();
    });
  }
}
