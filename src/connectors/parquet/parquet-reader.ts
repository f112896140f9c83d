import { must } from '../../base/assert.ts';
import type { ReaderContext } from '../../base/source.ts';
import { SequentialReader } from '../split-reader/sequential-reader.ts';
import type { ParquetInput } from './find-splits.ts';
import { openDecoder } from './parquet-decoder.ts';
import type { DecoderKind, ParquetDecoder } from './parquet-decoder.ts';
import { compareParquetSplits } from './parquet-split.ts';
import type { ParquetSplit } from './parquet-split.ts';
import { RowBuilder } from './row-builder.ts';
import { RowGroupReading } from './row-group-reading.ts';

/** Reads row groups; they are decoded by a decoder that the reader opens, in batches, ahead of what is emitted. */
export class ParquetReader<T> extends SequentialReader<T, ParquetSplit> {
  readonly #context: ReaderContext;
  readonly #decoderKind: DecoderKind;
  readonly #decoder: { current: ParquetDecoder | undefined };

  constructor(context: ReaderContext, input: ParquetInput, decoderKind: DecoderKind) {
    const decoder: { current: ParquetDecoder | undefined } = { current: undefined };
    const rowBuilder = new RowBuilder<T>();
    super({
      context,
      compare: compareParquetSplits,
      begin: (split) =>
        new RowGroupReading({
          split,
          columns: input.columns,
          ordered: input.ordered,
          decoder: must(decoder.current, 'decoder of a started reader'),
          rowBuilder,
          metrics: context.metrics,
          onProgress: () => context.wakeUp(),
          onError: (error) => context.fail(error),
        }),
    });
    this.#context = context;
    this.#decoderKind = decoderKind;
    this.#decoder = decoder;
  }

  override async start(): Promise<void> {
    this.#decoder.current = await openDecoder(this.#context.environment, this.#decoderKind);
    await super.start();
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#decoder.current?.close();
  }
}
