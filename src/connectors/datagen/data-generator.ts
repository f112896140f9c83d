import { MillraceError } from '../../base/errors.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { EnumeratorContext, ReaderContext, Source, SourceReader, SplitEnumerator } from '../../base/source.ts';
import { GeneratorEnumerator } from './generator-enumerator.ts';
import type { GeneratorEnumeratorState } from './generator-enumerator.ts';
import { GeneratorReader } from './generator-reader.ts';
import type { GeneratorSettings } from './generator-reader.ts';
import { GENERATOR_SPLIT_VERSION } from './generator-split.ts';
import type { GeneratorSplit } from './generator-split.ts';

export interface DataGeneratorOptions {
  /** Records in all, with index 0 to count - 1. Without: no end. */
  readonly count?: number;
  /** Of all subtasks together, more than 0. After a restore or back pressure nothing is made up for. Without: full speed. */
  readonly recordsPerSecond?: number;
  /** The record's own timestamp, integer ms since the epoch. Without: none. */
  readonly timestamp?: (index: number) => EventTimeMs;
}

/**
 * Makes records by a function of their index. Exactly once if the function depends on nothing but the index. Subtasks share the
 * indexes by their residue, so that all go forward together; within a subtask they grow.
 */
export class DataGenerator<T> implements Source<T, GeneratorSplit, GeneratorEnumeratorState> {
  readonly kind: string = 'datagen';
  readonly guarantee = 'exactly-once';
  /** All splits are assigned at the start. */
  readonly hasOrderedSplits = false;
  readonly version: number = GENERATOR_SPLIT_VERSION;
  readonly #settings: GeneratorSettings<T>;

  protected constructor(generate: (index: number) => T, options: DataGeneratorOptions) {
    const { count = Number.POSITIVE_INFINITY, recordsPerSecond, timestamp } = options;
    if (!(count >= 0 && (Number.isSafeInteger(count) || count === Number.POSITIVE_INFINITY))) {
      throw new MillraceError(
        'JOB_DEFINITION_INVALID',
        `Making a generator failed: '${count}' is not a number of records`,
      );
    }
    if (recordsPerSecond !== undefined && !(recordsPerSecond > 0 && Number.isFinite(recordsPerSecond))) {
      const message = `Making a generator failed: recordsPerSecond is '${recordsPerSecond}' and must be more than 0`;
      throw new MillraceError('JOB_DEFINITION_INVALID', message);
    }
    this.#settings = { generate, count, recordsPerSecond, timestamp };
  }

  /** @throws JOB_DEFINITION_INVALID */
  static of<T>(generate: (index: number) => T, options: DataGeneratorOptions = {}): DataGenerator<T> {
    return new DataGenerator(generate, options);
  }

  get boundedness(): 'bounded' | 'unbounded' {
    return this.#settings.count === Number.POSITIVE_INFINITY ? 'unbounded' : 'bounded';
  }

  identity(): readonly string[] {
    return [];
  }

  createEnumerator(
    context: EnumeratorContext<GeneratorSplit>,
    restored: GeneratorEnumeratorState | undefined,
  ): SplitEnumerator<GeneratorSplit, GeneratorEnumeratorState> {
    return new GeneratorEnumerator(context, this.boundedness === 'bounded', restored);
  }

  createReader(context: ReaderContext): SourceReader<T, GeneratorSplit> {
    return new GeneratorReader(context, this.#settings);
  }
}
