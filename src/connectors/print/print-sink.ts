import type { Sink, SinkWriter, WriterContext } from '../../base/sink.ts';
import { formatValue } from './format-value.ts';

export interface PrintOptions {
  /** Stands at the beginning of each line. */
  readonly name?: string;
  /** Where to; default 'out'. */
  readonly stream?: 'out' | 'err';
}

/**
 * Writes each value as one line to standard output or error, at once. Lines begin as Flink's do: 'name:1> ' with the number of
 * the subtask, counted from 1, when there are several; 'name> ' when there is one; '1> ' or nothing without a name. After a
 * failure lines since the last checkpoint come again.
 */
export class PrintSink<T> implements Sink<T, never, never> {
  readonly kind = 'print';
  readonly guarantee = 'at-least-once';
  readonly #options: PrintOptions;

  constructor(options: PrintOptions = {}) {
    this.#options = options;
  }

  identity(): readonly string[] {
    return [];
  }

  createWriter(context: WriterContext): SinkWriter<T, never, never> {
    const { streams } = context.environment;
    const prefix = prefixOf(this.#options.name, context);
    const isError = this.#options.stream === 'err';
    return new PrintWriter(prefix, (line) => (isError ? streams.writeErr(line) : streams.writeOut(line)));
  }
}

function prefixOf(name: string | undefined, { subtaskIndex, parallelism }: WriterContext): string {
  const subtask = parallelism > 1 ? String(subtaskIndex + 1) : undefined;
  const parts = [name, subtask].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `${parts.join(':')}> `;
}

class PrintWriter<T> implements SinkWriter<T, never, never> {
  readonly isWritable = true;
  readonly #prefix: string;
  readonly #writeLine: (line: string) => void;

  constructor(prefix: string, writeLine: (line: string) => void) {
    this.#prefix = prefix;
    this.#writeLine = writeLine;
  }

  open(): void {}

  write(value: T): void {
    this.#writeLine(`${this.#prefix}${formatValue(value)}\n`);
  }

  prepareCommit(): readonly never[] {
    return [];
  }

  snapshotState(): readonly never[] {
    return [];
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}
