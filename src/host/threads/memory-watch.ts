/**
 * Looks once a second at what this thread's isolate holds. Over the limit the job fails with the largest states named, while
 * there is still room to say so; V8's own end of memory would take the whole process with it.
 */
import { getHeapStatistics } from 'node:v8';
import { formatMemorySize } from '../../base/duration.ts';
import { MillraceError } from '../../base/errors.ts';

const LOOK_EVERY_MS = 1000;
const LARGEST_STATES = 3;

export interface StateSize {
  readonly state: string;
  readonly entries: number;
}

export class MemoryWatch {
  readonly #limitBytes: number;
  readonly #stateSizes: () => readonly StateSize[];
  readonly #onExceeded: (error: MillraceError) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(limitBytes: number, stateSizes: () => readonly StateSize[], onExceeded: (error: MillraceError) => void) {
    this.#limitBytes = limitBytes;
    this.#stateSizes = stateSizes;
    this.#onExceeded = onExceeded;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const heap = getHeapStatistics();
    const usedBytes = heap.used_heap_size + heap.external_memory;
    if (usedBytes <= this.#limitBytes) return;
    this.stop();
    const states = this.#stateSizes()
      .slice(0, LARGEST_STATES)
      .map(({ state, entries }) => `'${state}' ${entries} entries`);
    const largest = states.length === 0 ? '' : `; largest states: ${states.join(', ')}`;
    this.#onExceeded(
      new MillraceError(
        'MEMORY_BUDGET_EXCEEDED',
        `Slot holds ${formatMemorySize(usedBytes)}, above the ${formatMemorySize(this.#limitBytes)} it may${largest}`,
      ),
    );
  }
}
