import type { CommitPermit } from '../../../base/commit-permit.ts';
import type { Committer, CommitOutcome, CommitterContext } from '../../../base/sink.ts';
import type { FileCommittable } from './file-sink-state.ts';
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
    return publishFiles(this.#folder, this.#context.logger, committables);
  }
}
