/** A file system whose folder is full while a marker file is there: what a real full disk does to those who write. */
import { existsSync } from 'node:fs';
import { FileError } from '../../../src/base/files.ts';
import type { FileHandle, Files } from '../../../src/base/files.ts';

export interface FullDiskPlan {
  readonly folder: string;
  readonly marker: string;
}

export function fullDiskFiles(files: Files, { folder, marker }: FullDiskPlan): Files {
  const needSpace = (path: string): void => {
    if (path.startsWith(`${folder}/`) && existsSync(marker)) {
      throw new FileError('ENOSPC', `ENOSPC: no space left on device, '${path}'`, path);
    }
  };
  return {
    ...files,
    open: async (path, mode) => {
      if (mode === 'create') needSpace(path);
      return fullDiskHandle(await files.open(path, mode), () => needSpace(path));
    },
    makeDirectory: async (path) => {
      needSpace(path);
      await files.makeDirectory(path);
    },
    makeDirectories: async (path) => {
      needSpace(path);
      await files.makeDirectories(path);
    },
  };
}

function fullDiskHandle(handle: FileHandle, needSpace: () => void): FileHandle {
  return {
    read: (position, length) => handle.read(position, length),
    write: async (bytes, position) => {
      needSpace();
      await handle.write(bytes, position);
    },
    truncate: (sizeBytes) => handle.truncate(sizeBytes),
    sync: () => handle.sync(),
    stat: () => handle.stat(),
    close: () => handle.close(),
  };
}
