/**
 * An open loop: event n is due at T0 + n / rate, whether the job is ready for it or not, and carries that moment with it. So whoever
 * makes it wait pays for it, and a pause of a second costs all events of that second. Before T0 the job is filled at full speed.
 */
import type { Source } from 'millrace';
import type { EnumeratorContext, ReaderContext, SourceReader, SplitEnumerator } from 'millrace/connectors';
import { PacedEnumerator } from './paced-enumerator.ts';
import type { PacedCounts, PacedEnumeratorState } from './paced-enumerator.ts';
import { PacedReader } from './paced-reader.ts';
import type { PacedSettings } from './paced-reader.ts';
import type { PacedSplit } from './paced-split.ts';

export class PacedSource<T> implements Source<T, PacedSplit, PacedEnumeratorState> {
  readonly kind = 'paced';
  readonly boundedness = 'bounded';
  readonly guarantee = 'exactly-once';
  readonly hasOrderedSplits = false;
  readonly version = 1;
  readonly #settings: PacedSettings<T> & PacedCounts;

  constructor(settings: PacedSettings<T> & PacedCounts) {
    this.#settings = settings;
  }

  identity(): readonly string[] {
    return [];
  }

  createEnumerator(
    context: EnumeratorContext<PacedSplit>,
    restored: PacedEnumeratorState | undefined,
  ): SplitEnumerator<PacedSplit, PacedEnumeratorState> {
    return new PacedEnumerator(context, this.#settings, restored);
  }

  createReader(context: ReaderContext): SourceReader<T, PacedSplit> {
    return new PacedReader(context, this.#settings);
  }
}
