/**
 * Before a run: the folder is made; output of another run in it is refused, kept or removed, as the user says. A resumed run
 * goes on with the folder as it is. Overwriting removes only what a file sink wrote, known by its name.
 */
import { MillraceError } from '../../../base/errors.ts';
import type { SinkCheckContext, SinkPrepareContext } from '../../../base/sink.ts';
import { parseTemporaryName, runOfFinalName } from './output-file-names.ts';
import { OutputFolder } from './output-folder.ts';
import type { FolderEntry } from './output-folder.ts';

/** Changes nothing. @throws OUTPUT_NOT_EMPTY, OUTPUT_FAILED */
export async function checkOutput(path: string, context: SinkCheckContext): Promise<void> {
  if (!context.isNewRun || context.existingOutput !== 'refuse') return;
  const entries = await new OutputFolder(context.environment.files, path).listFiles();
  const output = entries.filter(({ name }) => isOfOtherRun(name, context.runId));
  if (output.length > 0) throw notEmpty(path, output);
}

/** @throws OUTPUT_NOT_EMPTY, OUTPUT_FAILED */
export async function prepareOutput(path: string, context: SinkPrepareContext): Promise<void> {
  const folder = new OutputFolder(context.environment.files, path);
  await folder.makeBucket('');
  if (!context.isNewRun) return;
  const entries = await folder.listFiles();
  const output = entries.filter(({ name }) => isOfOtherRun(name, context.runId));
  if (output.length > 0 && context.existingOutput === 'refuse') throw notEmpty(path, output);
  const removed = [
    ...(context.isRestored === true ? [] : entries.filter(({ name }) => isAbandoned(name, context))),
    ...(context.existingOutput === 'overwrite' ? output : []),
  ];
  for (const entry of removed) await folder.remove(entry.path);
  await folder.syncFoldersOf(removed.map((entry) => entry.path));
  if (removed.length > 0) context.logger.log('info', `Removed ${removed.length} files of former runs from '${path}'`);
}

function isOfOtherRun(name: string, runId: string | undefined): boolean {
  const run = runOfFinalName(name);
  return run !== undefined && run !== runId;
}

/** A new run has no state: temporary files of the job's earlier processes belong to runs that were given up. */
function isAbandoned(name: string, context: SinkPrepareContext): boolean {
  const parsed = parseTemporaryName(name);
  return parsed?.jobId === context.jobId && parsed.writer.fencingEpoch < context.fencingEpoch;
}

function notEmpty(path: string, output: readonly FolderEntry[]): MillraceError {
  const first = output[0]?.path ?? '';
  const message = `Writing to folder '${path}' failed: it holds ${output.length} files of another run, as '${first}'`;
  return new MillraceError('OUTPUT_NOT_EMPTY', message);
}
