/**
 * Three functions in a chain ('first', 'second', 'third') that log each call of their life. Parameter `trouble` says what goes wrong;
 * where it concerns one of them, it is the second.
 */
import { DataGenerator, job, WatermarkStrategy } from 'millrace';
import type { RichMapFunction, RuntimeContext } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

/** Outlives attempts, and on the inline host it is shared by subtasks. */
const sharedFunction: RichMapFunction<number, number> = {
  map: (value) => value,
  open: () => {},
};

export default job('lifecycle', (env) => {
  const { parameters } = env;
  const trouble = parameters.get('trouble') ?? 'none';
  const recordsPerSecond = parameters.number('rate', 5000);
  const numbers = env
    .fromSource(
      DataGenerator.of((index) => index, { count: parameters.number('records', 100), recordsPerSecond }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers')
    .map(new Logging('first', 'none'))
    .name('first')
    .map(new Logging('second', trouble))
    .name('second')
    .uid('second')
    .map(new Logging('third', 'none'))
    .name('third');
  const shared = trouble === 'shared function' ? numbers.map(sharedFunction).name('shared') : numbers;
  shared.sinkTo(FileSink.jsonLines(parameters.require('output'))).uid('results');
});

class Logging implements RichMapFunction<number, number> {
  readonly #name: string;
  readonly #trouble: string;
  #context: RuntimeContext | undefined;

  constructor(name: string, trouble: string) {
    this.#name = name;
    this.#trouble = trouble;
  }

  open(context: RuntimeContext): void | Promise<void> {
    this.#context = context;
    this.#log('open');
    context.signal.addEventListener('abort', () => this.#log('abort'));
    switch (this.#trouble) {
      case 'open throws':
        throw new Error('cannot open');
      case 'open rejects':
        return Promise.reject(new Error('cannot open'));
      case 'open never settles':
        return new Promise(() => {});
      case 'open waits for the end':
        return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve()));
      default:
        return undefined;
    }
  }

  map(value: number): number {
    const attempt = this.#context?.attemptNumber ?? 0;
    if (this.#trouble === 'map throws' || (this.#trouble === 'map throws once' && attempt === 1)) {
      if (value === 50) throw new Error('cannot map');
    }
    return value;
  }

  finish(): void {
    this.#log('finish');
  }

  close(): void | Promise<void> {
    this.#log('close');
    if (this.#trouble === 'close throws') throw new Error('cannot close');
    return this.#trouble === 'close never settles' ? new Promise(() => {}) : undefined;
  }

  #log(call: string): void {
    const context = this.#context;
    context?.logger.log(
      'info',
      `${this.#name} of subtask ${context.subtaskIndex}, attempt ${context.attemptNumber}: ${call}`,
    );
  }
}
