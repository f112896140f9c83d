/**
 * Where everything of a job lies in its checkpoint directory. All names are made and read here, nowhere else.
 *
 *   <checkpoint dir>/<job id>/
 *     identity.json                        who uses this directory: job name, module, package
 *     lock-<k>, running.json               kernel lock of the process that runs the job; who holds it
 *     pointers/<20 digits>                 the pointer log
 *     archived-pointers/<20 digits>        its entries of former runs
 *     chk-<n>/_metadata, chk-<n>/<data>    checkpoint n and what belongs to it alone
 *     shared/<data>                        data files that several checkpoints may refer to
 *     taskowned/                           kept for Flink's layout; empty
 *
 * Names of files that a process may leave behind hold checkpoint, epoch and attempt, so that their owner is known from the name.
 */
import type { CheckpointId, JobId } from '../../base/ids.ts';
import { checkpointId } from '../../base/ids.ts';

export const METADATA_FILE = '_metadata';
export const TEMPORARY_SUFFIX = '.tmp';
const SHARED = 'shared';
const SEQUENCE_DIGITS = 20;

/** Who wrote a data file, and for which checkpoint. */
export interface DataFileOwner {
  readonly checkpointId: CheckpointId;
  readonly fencingEpoch: number;
  readonly attemptNumber: number;
  readonly slotIndex: number;
}

export interface ParsedDataFile extends DataFileOwner {
  readonly isTemporary: boolean;
}

/** 'shared': later checkpoints may refer to the file; 'exclusive': it belongs to its checkpoint alone. */
export type DataFileLocation = 'shared' | 'exclusive';

export class CheckpointPaths {
  /** `<checkpoint dir>/<job id>` */
  readonly jobDirectory: string;

  constructor(jobDirectory: string) {
    this.jobDirectory = jobDirectory;
  }

  static of(checkpointDirectory: string, jobId: JobId): CheckpointPaths {
    return new CheckpointPaths(joinPath(checkpointDirectory, jobId));
  }

  get identity(): string {
    return this.resolve('identity.json');
  }

  /** While process `pid` writes a new identity. */
  identityTemporary(pid: number): string {
    return `${this.identity}.${pid}${TEMPORARY_SUFFIX}`;
  }

  get running(): string {
    return this.resolve('running.json');
  }

  get pointers(): string {
    return this.resolve('pointers');
  }

  get archivedPointers(): string {
    return this.resolve('archived-pointers');
  }

  get shared(): string {
    return this.resolve(SHARED);
  }

  get taskOwned(): string {
    return this.resolve('taskowned');
  }

  lock(generation: number): string {
    return this.resolve(`lock-${generation}`);
  }

  checkpoint(id: CheckpointId): string {
    return this.resolve(checkpointDirectoryName(id));
  }

  metadata(id: CheckpointId): string {
    return joinPath(this.checkpoint(id), METADATA_FILE);
  }

  /** `relative` as it stands in a SectionRef. */
  resolve(relative: string): string {
    return joinPath(this.jobDirectory, relative);
  }
}

export function checkpointDirectoryName(id: CheckpointId): string {
  return `chk-${id}`;
}

/** The n of `chk-<n>`, undefined for other names. */
export function parseCheckpointDirectory(name: string): CheckpointId | undefined {
  return parseId(/^chk-([1-9]\d{0,15})$/.exec(name)?.[1]);
}

/** Relative to the job directory, as in a SectionRef. */
export function dataFilePath(owner: DataFileOwner, location: DataFileLocation): string {
  const folder = location === 'shared' ? SHARED : checkpointDirectoryName(owner.checkpointId);
  const { fencingEpoch, attemptNumber, slotIndex } = owner;
  return `${folder}/chk-${owner.checkpointId}.epoch-${fencingEpoch}.attempt-${attemptNumber}.slot-${slotIndex}`;
}

const DATA_FILE = /^chk-([1-9]\d{0,15})\.epoch-(\d{1,15})\.attempt-(\d{1,15})\.slot-(\d{1,9})(\.tmp)?$/;

/** Reads the file's name, without its folder. */
export function parseDataFileName(name: string): ParsedDataFile | undefined {
  const match = DATA_FILE.exec(name);
  const id = parseId(match?.[1]);
  if (match === null || id === undefined) return undefined;
  return {
    checkpointId: id,
    fencingEpoch: Number(match[2]),
    attemptNumber: Number(match[3]),
    slotIndex: Number(match[4]),
    isTemporary: match[5] !== undefined,
  };
}

export function pointerName(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}

export function parsePointerName(name: string): number | undefined {
  if (!/^\d{20}$/.test(name)) return undefined;
  const sequence = Number(name);
  return Number.isSafeInteger(sequence) ? sequence : undefined;
}

export function isIdentityTemporary(name: string): boolean {
  return /^identity\.json\.\d+\.tmp$/.test(name);
}

export function parseLockName(name: string): number | undefined {
  const match = /^lock-([1-9]\d{0,8})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

export function joinPath(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

/** '.' for a name without folder. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}

export function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function parseId(digits: string | undefined): CheckpointId | undefined {
  if (digits === undefined) return undefined;
  const id = Number(digits);
  return Number.isSafeInteger(id) ? checkpointId(id) : undefined;
}
