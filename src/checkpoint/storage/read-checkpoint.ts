/** Reads a completed checkpoint's metadata, and looks whether its data files are there. */
import type { Environment } from '../../base/environment.ts';
import { MillraceError } from '../../base/errors.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import { decodeMetadata } from '../metadata/decode-metadata.ts';
import { joinPath, METADATA_FILE } from '../protocol/checkpoint-paths.ts';
import type { MetadataFact } from '../protocol/resume.ts';
import { readIfPresent } from './durable-file.ts';
import { storageFailure } from './storage-failure.ts';

/** `jobDirectory`: the one the checkpoint was written in. Other failures than the file's own are thrown. */
export async function readCheckpoint(
  environment: Environment,
  jobDirectory: string,
  name: string,
): Promise<MetadataFact> {
  const path = joinPath(joinPath(jobDirectory, name), METADATA_FILE);
  try {
    const bytes = await readIfPresent(environment.files, path);
    if (bytes === undefined) return { kind: 'missing', path };
    const { strings, checksum } = environment;
    const metadata = decodeMetadata(bytes, { strings, checksum, file: path });
    await verifyDataFiles(environment, jobDirectory, metadata);
    return { kind: 'read', metadata };
  } catch (error) {
    const failure = storageFailure('Reading', path, error);
    if (failure.code === 'CHECKPOINT_STORAGE_FAILED') throw failure;
    return { kind: 'unreadable', code: failure.code, message: failure.message };
  }
}

/** Only names and lengths: the content is verified block by block when it is read. */
async function verifyDataFiles(
  environment: Environment,
  jobDirectory: string,
  metadata: CheckpointMetadata,
): Promise<void> {
  for (const [file, endByte] of lengthsNeeded(metadata)) {
    const path = joinPath(jobDirectory, file);
    const stat = await environment.files.stat(path);
    const sizeBytes = stat?.kind === 'file' ? stat.sizeBytes : undefined;
    if (sizeBytes !== undefined && sizeBytes >= endByte) continue;
    throw new MillraceError(
      'CHECKPOINT_CORRUPT',
      sizeBytes === undefined
        ? `Reading checkpoint data from '${path}' failed at byte 0: the file is missing`
        : `Reading checkpoint data from '${path}' failed at byte ${sizeBytes}: the file ends there, and ${endByte} bytes are needed`,
    );
  }
}

function lengthsNeeded(metadata: CheckpointMetadata): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const { subtasks } of metadata.operators) {
    for (const { keyed } of subtasks) {
      for (const { sections } of keyed) {
        for (const { file, blockOffset, blockLength } of sections) {
          lengths.set(file, Math.max(lengths.get(file) ?? 0, blockOffset + blockLength));
        }
      }
    }
  }
  return lengths;
}
