import type { ReaderContext } from '../../../base/source.ts';
import { SequentialReader } from '../../split-reader/sequential-reader.ts';
import type { FileSourceSettings } from './file-source-settings.ts';
import { compareSplits } from './file-split.ts';
import type { FileSplit } from './file-split.ts';
import { SplitReading } from './split-reading.ts';

/** Reads ranges of files; their bytes are fetched and decompressed in the event loop, ahead of the decoding. */
export class FileSourceReader<T> extends SequentialReader<T, FileSplit> {
  constructor(context: ReaderContext, settings: FileSourceSettings<T>) {
    super({
      context,
      compare: compareSplits,
      begin: (split) =>
        new SplitReading({
          split,
          settings,
          environment: context.environment,
          metrics: context.metrics,
          onBytes: () => context.wakeUp(),
          onError: (error) => context.fail(error),
        }),
    });
  }
}
