/** Gives complete, durable files their final names, and removes what is discarded. Idempotent. */
import type { Logger } from '../../../base/environment.ts';
import type { CommitOutcome } from '../../../base/sink.ts';
import type { FileCommittable } from './file-sink-state.ts';
import type { OutputFolder } from './output-folder.ts';

/** Durable when it settles: nothing is reported as committed before its folder is synced. */
export async function publishFiles(
  folder: OutputFolder,
  logger: Logger,
  committables: readonly FileCommittable[],
): Promise<readonly CommitOutcome[]> {
  const outcomes: CommitOutcome[] = [];
  for (const committable of committables) outcomes.push(await commitOne(folder, logger, committable));
  await folder.syncFoldersOf(committables.map(({ temporary }) => temporary));
  return outcomes;
}

async function commitOne(folder: OutputFolder, logger: Logger, committable: FileCommittable): Promise<CommitOutcome> {
  if (committable.kind === 'discard') {
    return (await folder.remove(committable.temporary)) ? 'committed' : 'already-committed';
  }
  if (await folder.rename(committable.temporary, committable.final)) return 'committed';
  if (!(await folder.exists(committable.final))) {
    // Nobody but a commit takes the temporary name away: it was committed, and then somebody moved the file elsewhere.
    logger.log('warn', `Output file '${folder.resolve(committable.final)}' is gone`, {
      temporary: committable.temporary,
    });
  }
  return 'already-committed';
}
