/**
 * Named places in the life of a job at which a process is killed. There are no hooks in the engine: a place is a file operation,
 * recognised by what it does and to which path, and the moment just before it, just after it, or with half of its bytes written.
 */

export type OperationKind =
  | 'create'
  | 'open'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'rename'
  | 'link'
  | 'remove'
  | 'remove-recursive'
  | 'make-directory'
  | 'sync-directory';

export interface FileOperation {
  readonly kind: OperationKind;
  /** What is changed; for renames and links the new name. */
  readonly path: string;
  /** Set for the link that puts an entry into the pointer log. */
  readonly pointerKind?: string;
}

export type CrashPoint =
  // the start of a process
  | 'after-lock-file'
  | 'before-identity'
  | 'before-takeover-entry'
  | 'after-takeover-entry'
  | 'before-leftover-folder-removed'
  | 'after-leftover-file-removed'
  // a checkpoint
  | 'before-checkpoint-folder'
  | 'after-checkpoint-folder'
  | 'after-data-file-opened'
  | 'half-data-file'
  | 'before-data-file'
  | 'after-data-file'
  | 'half-metadata'
  | 'before-metadata'
  | 'after-metadata'
  | 'half-pointer-entry'
  | 'before-pointer-entry'
  | 'after-pointer-entry'
  | 'before-old-metadata-removed'
  | 'after-old-metadata-removed'
  // output
  | 'after-output-file-opened'
  | 'half-output-file'
  | 'before-output-file-sync'
  | 'before-sink-commit'
  | 'after-sink-commit'
  // the end of the job
  | 'before-finished-entry'
  | 'after-finished-entry'
  // whatever changes a file
  | 'before-any-change';

export type CrashMoment = 'before' | 'half' | 'after';

interface CrashPointSpec {
  readonly moment: CrashMoment;
  readonly matches: (operation: FileOperation) => boolean;
}

const CHECKPOINT_FOLDER = /\/chk-\d+$/;
const DATA_FILE = /\/chk-\d+\.epoch-\d+\.attempt-\d+\.slot-\d+$/;
const DATA_FILE_TEMPORARY = /\/chk-\d+\.epoch-\d+\.attempt-\d+\.slot-\d+\.tmp$/;
const METADATA = /\/_metadata$/;
const METADATA_TEMPORARY = /\/_metadata\.epoch-\d+\.tmp$/;
const POINTER_TEMPORARY = /\/pointers\/\.\d{20}\.[^/]*\.tmp$/;
const OUTPUT_TEMPORARY = /\/\.millrace-[^/]*$/;
const OUTPUT_FINAL = /\/part-[^/]*$/;

function on(moment: CrashMoment, kind: OperationKind, path: RegExp): CrashPointSpec {
  return { moment, matches: (operation) => operation.kind === kind && path.test(operation.path) };
}

function onEntry(moment: CrashMoment, pointerKind: string): CrashPointSpec {
  return { moment, matches: (operation) => operation.kind === 'link' && operation.pointerKind === pointerKind };
}

export const CRASH_POINTS: Readonly<Record<CrashPoint, CrashPointSpec>> = {
  'after-lock-file': on('after', 'create', /\/lock-\d+$/),
  'before-identity': on('before', 'rename', /\/identity\.json$/),
  'before-takeover-entry': onEntry('before', 'takeover'),
  'after-takeover-entry': onEntry('after', 'takeover'),
  'before-leftover-folder-removed': on('before', 'remove-recursive', CHECKPOINT_FOLDER),
  'after-leftover-file-removed': on('after', 'remove', OUTPUT_TEMPORARY),
  'before-checkpoint-folder': on('before', 'make-directory', CHECKPOINT_FOLDER),
  'after-checkpoint-folder': on('after', 'make-directory', CHECKPOINT_FOLDER),
  'after-data-file-opened': on('after', 'create', DATA_FILE_TEMPORARY),
  'half-data-file': on('half', 'write', DATA_FILE_TEMPORARY),
  'before-data-file': on('before', 'rename', DATA_FILE),
  'after-data-file': on('after', 'rename', DATA_FILE),
  'half-metadata': on('half', 'write', METADATA_TEMPORARY),
  'before-metadata': on('before', 'rename', METADATA),
  'after-metadata': on('after', 'rename', METADATA),
  'half-pointer-entry': on('half', 'write', POINTER_TEMPORARY),
  'before-pointer-entry': onEntry('before', 'checkpoint'),
  'after-pointer-entry': onEntry('after', 'checkpoint'),
  'before-old-metadata-removed': on('before', 'remove', METADATA),
  'after-old-metadata-removed': on('after', 'remove', METADATA),
  'after-output-file-opened': on('after', 'create', OUTPUT_TEMPORARY),
  'half-output-file': on('half', 'write', OUTPUT_TEMPORARY),
  'before-output-file-sync': on('before', 'sync', OUTPUT_TEMPORARY),
  'before-sink-commit': on('before', 'rename', OUTPUT_FINAL),
  'after-sink-commit': on('after', 'rename', OUTPUT_FINAL),
  'before-finished-entry': onEntry('before', 'finished'),
  'after-finished-entry': onEntry('after', 'finished'),
  'before-any-change': { moment: 'before', matches: ({ kind }) => kind !== 'open' },
};
