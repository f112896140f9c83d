/**
 * Right after the takeover entry: entries of former runs go to the archive, and what earlier processes left behind is removed.
 * Whoever owned the job before is fenced, so nothing that is listed here can still become part of a checkpoint.
 */
import type { Environment } from '../../base/environment.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import { referencedFiles } from '../metadata/checkpoint-metadata.ts';
import { decodePointerEntry } from '../pointer-log/pointer-entry.ts';
import type { PointerEntry } from '../pointer-log/pointer-entry.ts';
import type { PointerLog } from '../pointer-log/pointer-log.ts';
import { archivableEntries, namedCheckpoints } from '../pointer-log/pointer-log-state.ts';
import {
  checkpointDirectoryName,
  isIdentityTemporary,
  joinPath,
  parsePointerName,
} from '../protocol/checkpoint-paths.ts';
import type { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import type { RestoreDecision } from '../protocol/resume.ts';
import type { RetainedCheckpoint } from '../protocol/retention.ts';
import { planSweep } from '../protocol/sweep-plan.ts';
import { removeIfPresent } from './durable-file.ts';
import type { DirectoryFacts } from './job-directory-facts.ts';
import { readCheckpoint } from './read-checkpoint.ts';

export interface ClearAwayOptions {
  readonly environment: Environment;
  readonly paths: CheckpointPaths;
  readonly log: PointerLog;
  /** As of before the takeover entry. */
  readonly facts: DirectoryFacts;
  readonly restore: (RestoreDecision & { kind: 'restore' }) | undefined;
  readonly isForeign: boolean;
  readonly runId: string;
  /** Of this process. */
  readonly fencingEpoch: number;
}

export interface Cleared {
  /** Checkpoints of this run, ascending. */
  readonly retained: readonly RetainedCheckpoint[];
  /** Checkpoints of former runs that are kept until somebody deletes them. */
  readonly archived: readonly RetainedCheckpoint[];
}

export async function clearAway(options: ClearAwayOptions): Promise<Cleared> {
  const { facts, restore, isForeign, runId, environment } = options;
  await archiveFormerRuns(options);
  const own = facts.entries.filter((entry) => entry.runId === runId);
  const restored = restore === undefined || isForeign ? undefined : restore.metadata;
  const ownIds = new Set([...namedCheckpoints(own), ...(restored === undefined ? [] : [restored.checkpointId])]);
  const archivedIds = await readArchivedIds(options);
  const retained = await readKept(options, [...ownIds], restored);
  const archived = await readKept(
    options,
    archivedIds.filter((id) => !ownIds.has(id)),
    undefined,
  );
  if (retained.isComplete && archived.isComplete) await sweep(options, [...retained.kept, ...archived.kept]);
  else
    environment.logger.log(
      'warn',
      `Leftovers in '${options.paths.jobDirectory}' stay: a checkpoint there cannot be read`,
    );
  return { retained: retained.kept, archived: archived.kept };
}

/** A run that has finished keeps nothing, so its entries say nothing any more. */
async function archiveFormerRuns({ facts, log, runId }: ClearAwayOptions): Promise<void> {
  const former = archivableEntries(facts.entries, log.entries.at(-1)?.sequence ?? 0).filter(
    (entry) => entry.runId !== runId,
  );
  const finished = new Set(former.filter(({ record }) => record.kind === 'finished').map((entry) => entry.runId));
  await log.archive(former.filter((entry) => !finished.has(entry.runId)));
  await log.remove(former.filter((entry) => finished.has(entry.runId)));
}

interface Kept {
  readonly kept: readonly RetainedCheckpoint[];
  /** False: a checkpoint cannot be read, so it is not known which files it needs. */
  readonly isComplete: boolean;
}

/** `known`: metadata that was read already. Checkpoints whose metadata is gone were dropped. */
async function readKept(
  { environment, paths }: ClearAwayOptions,
  ids: readonly CheckpointId[],
  known: CheckpointMetadata | undefined,
): Promise<Kept> {
  const kept: RetainedCheckpoint[] = [];
  let isComplete = true;
  for (const id of ids.toSorted((a, b) => a - b)) {
    if (known?.checkpointId === id) {
      kept.push({ checkpointId: id, files: referencedFiles(known) });
      continue;
    }
    const fact = await readCheckpoint(environment, paths.jobDirectory, checkpointDirectoryName(id));
    if (fact.kind === 'read') kept.push({ checkpointId: id, files: referencedFiles(fact.metadata) });
    if (fact.kind === 'unreadable') isComplete = false;
  }
  return { kept, isComplete };
}

async function readArchivedIds({ environment, paths }: ClearAwayOptions): Promise<readonly CheckpointId[]> {
  const { files, strings, checksum } = environment;
  if ((await files.stat(paths.archivedPointers)) === undefined) return [];
  const entries: PointerEntry[] = [];
  for (const { name } of await files.list(paths.archivedPointers)) {
    const sequence = parsePointerName(name);
    if (sequence === undefined) continue;
    const file = joinPath(paths.archivedPointers, name);
    entries.push(decodePointerEntry(await files.readFile(file), { strings, checksum, file, sequence }));
  }
  return namedCheckpoints(entries);
}

async function sweep(
  { environment, paths, facts, fencingEpoch }: ClearAwayOptions,
  kept: readonly RetainedCheckpoint[],
): Promise<void> {
  const { files } = environment;
  const plan = planSweep(facts.listing, { kept, fencingEpoch });
  for (const directory of plan.directories) await files.removeRecursive(paths.resolve(directory));
  for (const file of plan.files) await removeIfPresent(files, paths.resolve(file));
  for (const { name } of await files.list(paths.jobDirectory)) {
    if (isIdentityTemporary(name)) await removeIfPresent(files, paths.resolve(name));
  }
  for (const { name } of await files.list(paths.pointers)) {
    const epoch = /^\.\d{20}\.epoch-(\d+)\.[0-9a-f]+\.tmp$/.exec(name)?.[1];
    // Also of our own epoch: starts that died before their takeover entry stood, or lost the place of ours, wanted the same.
    if (epoch !== undefined && Number(epoch) <= fencingEpoch)
      await removeIfPresent(files, joinPath(paths.pointers, name));
  }
}
