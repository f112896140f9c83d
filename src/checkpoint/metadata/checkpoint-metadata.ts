/**
 * What a checkpoint's `_metadata` file says. Enough to decide whether a job fits before its first record, and to list and read
 * the state without the job's code. The form on disk stands in metadata-format.ts and docs/checkpoint-format.md.
 */
import type { EventTimeMs } from '../../base/event-time.ts';
import type { CheckpointId, JobId, OperatorId } from '../../base/ids.ts';
import type { SinkGuarantee } from '../../base/sink.ts';
import type { KeyGroupChain, ListStateSnapshot, StateDescriptorInfo } from '../../base/state-handle.ts';

export interface CheckpointMetadata {
  readonly checkpointId: CheckpointId;
  /** Wall clock of the trigger, ms since the epoch. */
  readonly triggeredAtMs: number;
  /** Of the package that wrote it; for people, never compared. */
  readonly millraceVersion: string;
  /** Epoch of the process that took it. */
  readonly fencingEpoch: number;
  /** The run it belongs to: kept when it is resumed, so that sinks know their own output. */
  readonly runId: string;
  readonly jobId: JobId;
  readonly jobName: string;
  /** All operators of the job, stateless ones too. */
  readonly operators: readonly OperatorMetadata[];
}

export interface OperatorMetadata {
  readonly operatorId: OperatorId;
  /** The user's uid, or the text that describes the position. */
  readonly uid: string;
  readonly hasUserUid: boolean;
  readonly name: string;
  /** Operator id of the head of the chain that it ran in. */
  readonly vertexId: OperatorId;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly hasExplicitMaxParallelism: boolean;
  /** One for each input, undefined for inputs without key. */
  readonly keys: readonly (KeyMetadata | undefined)[];
  readonly states: readonly StateDescriptorInfo[];
  readonly source: SourceMetadata | undefined;
  readonly sink: SinkMetadata | undefined;
  /** By subtask index; as many as `parallelism`. */
  readonly subtasks: readonly SubtaskMetadata[];
}

export interface KeyMetadata {
  /** The id of the user's own hash; undefined for the built-in hash by type. */
  readonly hashId: string | undefined;
}

export interface SourceMetadata {
  readonly kind: string;
  /** What was read; a difference at restore is SOURCE_CHANGED. */
  readonly identity: readonly string[];
  /** Version of the form of splits and enumerator state. */
  readonly splitVersion: number;
  /** Written by the value codec; undefined when the enumerator was not snapshotted (the source had finished). */
  readonly enumeratorState: Uint8Array | undefined;
}

export interface SinkMetadata {
  readonly kind: string;
  readonly guarantee: SinkGuarantee;
  /** What was written to; named when an older checkpoint is restored. */
  readonly identity: readonly string[];
}

export interface SubtaskMetadata {
  /** All input had been processed before the checkpoint. */
  readonly isFinished: boolean;
  /** Undefined for operators that keep none. */
  readonly watermarkMs: EventTimeMs | undefined;
  readonly keyed: readonly KeyGroupChain[];
  readonly lists: readonly ListStateSnapshot[];
}

/** True when restoring the operator would bring nothing back. */
export function hasNoState(operator: OperatorMetadata): boolean {
  if (operator.source?.enumeratorState !== undefined) return false;
  return operator.subtasks.every(
    ({ keyed, lists }) => keyed.length === 0 && lists.every(({ elements }) => elements.length === 0),
  );
}

/** All data files that restoring the checkpoint reads, relative to the job directory. */
export function referencedFiles(metadata: CheckpointMetadata): ReadonlySet<string> {
  const files = new Set<string>();
  for (const { subtasks } of metadata.operators) {
    for (const { keyed } of subtasks) {
      for (const { sections } of keyed) for (const { file } of sections) files.add(file);
    }
  }
  return files;
}

/** For a checkpoint of another job directory: its data files by absolute path. */
export function withFilesIn(metadata: CheckpointMetadata, jobDirectory: string): CheckpointMetadata {
  const absolute = (chain: KeyGroupChain): KeyGroupChain => ({
    ...chain,
    sections: chain.sections.map((section) => ({ ...section, file: `${jobDirectory}/${section.file}` })),
  });
  const operators = metadata.operators.map((operator) => ({
    ...operator,
    subtasks: operator.subtasks.map((subtask) => ({ ...subtask, keyed: subtask.keyed.map(absolute) })),
  }));
  return { ...metadata, operators };
}
