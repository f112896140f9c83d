import type { CommitPermit } from '../../../base/commit-permit.ts';
import type { Committer, CommitOutcome, CommitterContext } from '../../../base/sink.ts';
import type { FileCommittable } from './file-sink-state.ts';
import { parseTemporaryName } from './output-file-names.ts';
import { OutputFolder } from './output-folder.ts';
import { publishFiles } from './publish-files.ts';

export class FileSinkCommitter implements Committer<FileCommittable> {
  readonly #folder: OutputFolder;
  readonly #context: CommitterContext;

  constructor(folderPath: string, context: CommitterContext) {
    this.#folder = new OutputFolder(context.environment.files, folderPath);
    this.#context = context;
  }

  /** The permit is the proof; what it covers is in the committables. */
  commit(_permit: CommitPermit, committables: readonly FileCommittable[]): Promise<readonly CommitOutcome[]> {
    return publishFiles(this.#folder, committables, {
      logger: this.#context.logger,
      mayBePublished: (temporary) => !this.#isOfThisAttempt(temporary),
    });
  }

  /** Each committable is committed once by the attempt that made it; only later attempts commit it again. */
  #isOfThisAttempt(temporary: string): boolean {
    const writer = parseTemporaryName(temporary.slice(temporary.lastIndexOf('/') + 1))?.writer;
    const { fencingEpoch, attemptNumber } = this.#context;
    return writer?.fencingEpoch === fencingEpoch && writer.attemptNumber === attemptNumber;
  }
}
