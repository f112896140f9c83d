import type { FileHandle } from '../../../base/files.ts';
import { MillraceError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/environment.ts';
import type { InProgressFile } from './file-sink-state.ts';
import type { OutputFolder } from './output-folder.ts';

/** Finds the files that a restored checkpoint lists as in progress. */
export class RestoredFiles {
  readonly #folder: OutputFolder;
  readonly #logger: Logger;

  constructor(folder: OutputFolder, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /**
   * Undefined when the file got its final name after the checkpoint: at-least-once, or the checkpoint is older than what was
   * committed. Its valid part is then visible already, with whatever follows it.
   * @throws OUTPUT_FAILED when it is gone
   */
  async open({ temporary, final }: InProgressFile): Promise<FileHandle | undefined> {
    const handle = await this.#folder.open(temporary);
    if (handle !== undefined) return handle;
    if (await this.#folder.exists(final)) {
      // The process that renamed it may have died before it synced: later checkpoints do not list the file any more.
      await this.#folder.syncFoldersOf([final]);
      this.#logger.log('warn', `Output file '${this.#folder.resolve(final)}' reaches beyond the restored checkpoint`);
      return undefined;
    }
    const message = `Restoring output file '${this.#folder.resolve(temporary)}' failed: the checkpoint needs it, but it is gone`;
    throw new MillraceError('OUTPUT_FAILED', message, { recovery: 'fail-job' });
  }
}
