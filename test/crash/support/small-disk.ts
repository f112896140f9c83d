/**
 * A disk that can be filled and freed while a job uses it. Three ways, the first that is allowed here:
 *
 *   tmpfs                  mounted by root
 *   tmpfs of a namespace   mounted in a user and mount namespace that a process of ours keeps; job processes enter it
 *   simulated              the job's files say ENOSPC while a marker file is there
 *
 * MILLRACE_TEST_DISK names one of them.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileErrorCode } from '../../../src/base/files.ts';

const SIZE = '4m';
const BALLAST_BYTES = 64 * 1024;

export type SmallDiskKind = 'tmpfs' | 'tmpfs of a namespace' | 'simulated';

export interface SmallDisk {
  readonly kind: SmallDiskKind;
  /** As job processes see it. */
  readonly inside: string;
  /** As the test sees it. */
  readonly outside: string;
  /** What starts a process that sees `inside`: goes in front of its command. */
  readonly command: readonly string[];
  /** For job processes of a simulated disk: full while this file is there. */
  readonly fullMarker: string | undefined;
  fill(): void;
  free(): void;
  remove(): void;
}

export function makeSmallDisk(): SmallDisk {
  const wanted = process.env['MILLRACE_TEST_DISK'];
  const makers: Readonly<Record<SmallDiskKind, (folder: string) => SmallDisk | undefined>> = {
    tmpfs: mounted,
    'tmpfs of a namespace': inNamespace,
    simulated,
  };
  const folder = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
  for (const [kind, make] of Object.entries(makers)) {
    const disk = wanted === undefined || wanted === kind ? make(folder) : undefined;
    if (disk !== undefined) return disk;
  }
  throw new Error(`There is no disk '${wanted}' here`);
}

function mounted(folder: string): SmallDisk | undefined {
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'millrace-test', folder]).status === 0;
  if (!isMounted) return undefined;
  return {
    kind: 'tmpfs',
    inside: folder,
    outside: folder,
    command: [],
    fullMarker: undefined,
    ...ballast(folder),
    remove: () => {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function inNamespace(folder: string): SmallDisk | undefined {
  const script = `mount -t tmpfs -o size=${SIZE} millrace-test "$1" && echo mounted && exec sleep 3600`;
  const log = join(tmpdir(), `${folder.split('/').at(-1)}.log`);
  const output = openSync(log, 'w');
  const holder = spawn('unshare', ['-Urm', 'sh', '-c', script, 'sh', folder], { stdio: ['ignore', output, 'ignore'] });
  closeSync(output);
  const { pid } = holder;
  const isMounted = pid !== undefined && spawnSync('sh', ['-c', WAIT_FOR_LINE, 'sh', log, String(pid)]).status === 0;
  rmSync(log);
  if (!isMounted) return undefined;
  const outside = `/proc/${pid}/root${folder}`;
  return {
    kind: 'tmpfs of a namespace',
    inside: folder,
    outside,
    command: ['nsenter', '-t', String(pid), '-U', '-m', '--preserve-credentials'],
    fullMarker: undefined,
    ...ballast(outside),
    remove: () => {
      holder.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}

/** Until the file has a line or the process is gone. */
const WAIT_FOR_LINE = 'while ! test -s "$1"; do kill -0 "$2" || exit 1; done';

function simulated(folder: string): SmallDisk {
  const fullMarker = `${folder}.full`;
  return {
    kind: 'simulated',
    inside: folder,
    outside: folder,
    command: [],
    fullMarker,
    fill: () => writeFileSync(fullMarker, ''),
    free: () => rmSync(fullMarker, { force: true }),
    remove: () => {
      rmSync(fullMarker, { force: true });
      rmSync(folder, { recursive: true });
    },
  };
}

/** Takes all the space that is left. */
function ballast(folder: string): Pick<SmallDisk, 'fill' | 'free'> {
  const path = join(folder, 'ballast');
  return {
    fill: () => {
      const file = openSync(path, 'a');
      for (let bytes = BALLAST_BYTES; bytes > 0;) if (!writes(file, bytes)) bytes = Math.floor(bytes / 2);
      closeSync(file);
    },
    free: () => rmSync(path, { force: true }),
  };
}

/** False when there was no room for all of it. */
function writes(file: number, bytes: number): boolean {
  try {
    return writeSync(file, new Uint8Array(bytes)) === bytes;
  } catch (error) {
    if (fileErrorCode(error) === 'ENOSPC') return false;
    throw error;
  }
}
