/** Gives complete, durable files their final names, and removes what is discarded. Idempotent. */
import type { Logger } from '../../../base/environment.ts';
import { MillraceError } from '../../../base/errors.ts';
import type { CommitOutcome } from '../../../base/sink.ts';
import type { FileCommittable } from './file-sink-state.ts';
import type { OutputFolder } from './output-folder.ts';

export interface PublishOptions {
  readonly logger: Logger;
  /** False: nobody has published this file before, so it must be there. */
  readonly mayBePublished: (temporary: string) => boolean;
}

/**
 * Durable when it settles: nothing is reported as committed before its folder is synced.
 * @throws OUTPUT_FAILED
 */
export async function publishFiles(
  folder: OutputFolder,
  committables: readonly FileCommittable[],
  options: PublishOptions,
): Promise<readonly CommitOutcome[]> {
  const outcomes: CommitOutcome[] = [];
  for (const committable of committables) outcomes.push(await commitOne(folder, committable, options));
  await folder.syncFoldersOf(committables.map(({ temporary }) => temporary));
  return outcomes;
}

async function commitOne(
  folder: OutputFolder,
  committable: FileCommittable,
  { logger, mayBePublished }: PublishOptions,
): Promise<CommitOutcome> {
  const { temporary } = committable;
  if (committable.kind === 'discard') return (await folder.remove(temporary)) ? 'committed' : 'already-committed';
  if (await folder.rename(temporary, committable.final)) return 'committed';
  if (await folder.exists(committable.final)) return 'already-committed';
  const path = folder.resolve(committable.final);
  if (!mayBePublished(temporary)) {
    const message = `Committing output file '${path}' failed: somebody has removed it before it was committed`;
    throw new MillraceError('OUTPUT_FAILED', message, { recovery: 'fail-job' });
  }
  // Nobody but a commit takes the temporary name away: it was committed, and then somebody moved the file elsewhere.
  logger.log('warn', `Output file '${path}' is gone`, { temporary });
  return 'already-committed';
}
