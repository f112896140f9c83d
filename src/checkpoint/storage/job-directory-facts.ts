/** Reads what a start is decided on. */
import type { Environment } from '../../base/environment.ts';
import { fileErrorCode } from '../../base/files.ts';
import type { Files } from '../../base/files.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import type { PointerEntry } from '../pointer-log/pointer-entry.ts';
import type { PointerLog } from '../pointer-log/pointer-log.ts';
import { namedCheckpoints, nextCheckpointIdOf } from '../pointer-log/pointer-log-state.ts';
import {
  checkpointDirectoryName,
  lastName,
  parentPath,
  parseCheckpointDirectory,
} from '../protocol/checkpoint-paths.ts';
import type { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import { decodeIdentity } from '../protocol/job-identity.ts';
import type { JobIdentity } from '../protocol/job-identity.ts';
import type { RestoreFacts, StartDecision } from '../protocol/resume.ts';
import type { DirectoryListing } from '../protocol/sweep-plan.ts';
import { readIfPresent } from './durable-file.ts';
import { readCheckpoint } from './read-checkpoint.ts';

export interface DirectoryFacts {
  readonly stored: JobIdentity | undefined;
  readonly entries: readonly PointerEntry[];
  readonly listing: DirectoryListing;
  /** Of folders and entries, those included that were cleared away; 0 for none. Ids are never used twice. */
  readonly highestCheckpointId: number;
}

export async function readDirectoryFacts(
  environment: Environment,
  paths: CheckpointPaths,
  log: PointerLog,
): Promise<DirectoryFacts> {
  const identity = await readIfPresent(environment.files, paths.identity);
  await log.refresh();
  const listing = await listDirectory(environment, paths);
  const ids = [...namedCheckpoints(log.entries), ...listing.checkpoints.map(({ checkpointId }) => checkpointId)];
  return {
    stored: identity === undefined ? undefined : decodeIdentity(identity, paths.identity, environment.strings),
    entries: log.entries,
    listing,
    highestCheckpointId: Math.max(nextCheckpointIdOf(log.entries) - 1, ...ids),
  };
}

async function listDirectory({ files }: Environment, paths: CheckpointPaths): Promise<DirectoryListing> {
  const checkpoints: { checkpointId: CheckpointId; files: readonly string[] }[] = [];
  for (const { name, kind } of await files.list(paths.jobDirectory)) {
    const checkpointId = kind === 'directory' ? parseCheckpointDirectory(name) : undefined;
    if (checkpointId === undefined) continue;
    checkpoints.push({ checkpointId, files: await namesIn(files, paths.checkpoint(checkpointId)) });
  }
  return { checkpoints, shared: (await files.list(paths.shared)).map(({ name }) => name) };
}

/** None when the folder is gone: its owner, who has not been fenced yet, may clear it away at any moment. */
async function namesIn(files: Files, folder: string): Promise<readonly string[]> {
  try {
    return (await files.list(folder)).map(({ name }) => name);
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The directory that a foreign checkpoint's data files are relative to. */
export interface ForeignOrigin {
  readonly jobDirectory: string;
}

export async function readRestoreFacts(
  environment: Environment,
  paths: CheckpointPaths,
  facts: DirectoryFacts,
  decision: StartDecision & { kind: 'resume' | 'restore' },
): Promise<{ readonly restoreFacts: RestoreFacts; readonly origin: ForeignOrigin | undefined }> {
  const name = decision.kind === 'resume' ? checkpointDirectoryName(decision.checkpointId) : decision.directory;
  const origin = name.includes('/') ? { jobDirectory: parentPath(name) } : undefined;
  const metadata = await readCheckpoint(environment, origin?.jobDirectory ?? paths.jobDirectory, lastName(name));
  const runId = metadata.kind === 'read' ? metadata.metadata.runId : undefined;
  const latestId = latestOfRun(facts.entries, runId);
  const isOlder = decision.kind === 'restore' && origin === undefined && latestId !== undefined;
  const latest = isOlder ? await readLatest(environment, paths, latestId) : undefined;
  return { restoreFacts: { metadata, isForeign: origin !== undefined, latest, latestId }, origin };
}

function latestOfRun(entries: readonly PointerEntry[], runId: string | undefined): CheckpointId | undefined {
  return namedCheckpoints(entries.filter((entry) => entry.runId === runId)).at(-1);
}

/** Only its sinks are of interest: one that cannot be read is why an older one is restored. */
async function readLatest(
  environment: Environment,
  paths: CheckpointPaths,
  id: CheckpointId,
): Promise<CheckpointMetadata | undefined> {
  const fact = await readCheckpoint(environment, paths.jobDirectory, checkpointDirectoryName(id));
  return fact.kind === 'read' ? fact.metadata : undefined;
}
