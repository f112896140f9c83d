import { MillraceError } from '../../../base/errors.ts';
import { fileErrorCode } from '../../../base/files.ts';
import type { DirectoryEntry, FileStat, Files } from '../../../base/files.ts';
import { globBase, globToRegExp, hasGlob, matchesAny } from './glob-pattern.ts';
import type { RelativePattern } from './glob-pattern.ts';

/** A file that was found, as it was when it was found. */
export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface DiscoveryOptions {
  /** Files, folders (read with all folders in them) or patterns. */
  readonly paths: readonly string[];
  /** Empty: all. */
  readonly include: readonly RelativePattern[];
  readonly exclude: readonly RelativePattern[];
  /** True for a watched input: a pattern may match nothing yet. */
  readonly mayBeEmpty: boolean;
}

/**
 * The files of an input in the order of their paths, each once. As in Flink, names that begin with '.' or '_' are passed over,
 * files and folders alike, unless the path itself names them: they are temporary, or are not data. Links to files are followed,
 * links to folders are not.
 *
 * Throws INPUT_NOT_FOUND when a path does not exist or a pattern matches nothing, INPUT_UNREADABLE when a folder cannot be
 * listed. A folder without files is fine.
 */
export async function discoverFiles(files: Files, options: DiscoveryOptions): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const path of options.paths) {
    for (const file of await discoverPath(files, path, options)) found.set(file.path, file);
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function discoverPath(files: Files, path: string, options: DiscoveryOptions): Promise<readonly FoundFile[]> {
  const stat = await statOf(files, path);
  if (stat?.kind === 'directory') {
    return walk(files, { prefix: withSlash(path), isWanted: (_path, relative) => isIncluded(relative, options) });
  }
  if (stat !== undefined) return [{ path, sizeBytes: stat.sizeBytes, modifiedMs: stat.modifiedMs }];
  if (!hasGlob(path)) {
    throw new MillraceError('INPUT_NOT_FOUND', `Reading '${path}' failed: there is no such file or folder`);
  }
  return discoverPattern(files, path, options);
}

async function discoverPattern(
  files: Files,
  pattern: string,
  options: DiscoveryOptions,
): Promise<readonly FoundFile[]> {
  const base = globBase(pattern);
  const stat = await statOf(files, base === '' ? '.' : base);
  if (stat?.kind !== 'directory') {
    throw new MillraceError('INPUT_NOT_FOUND', `Reading '${pattern}' failed: there is no folder '${base}'`);
  }
  const regExp = globToRegExp(pattern);
  const matching = await walk(files, {
    prefix: base === '' ? '' : withSlash(base),
    isWanted: (path, relative) => regExp.test(path) && isIncluded(relative, options),
  });
  if (matching.length === 0 && !options.mayBeEmpty) {
    throw new MillraceError('INPUT_NOT_FOUND', `Reading '${pattern}' failed: no file matches the pattern`);
  }
  return matching;
}

interface Walk {
  /** The folder with a '/' at its end; '' for the current one. */
  readonly prefix: string;
  /** `relative` is the path below the folder. */
  readonly isWanted: (path: string, relative: string) => boolean;
}

async function walk(files: Files, { prefix, isWanted }: Walk): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  const folders: string[] = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { name, kind } of await listOf(files, prefix + folder)) {
      if (name.startsWith('.') || name.startsWith('_')) continue;
      const relative = folder + name;
      if (kind === 'directory') {
        folders.push(`${relative}/`);
      } else if (isWanted(prefix + relative, relative)) {
        const stat = await statOf(files, prefix + relative);
        // A file may have gone between the two calls, and a link may point anywhere.
        if (stat?.kind === 'file') {
          found.push({ path: prefix + relative, sizeBytes: stat.sizeBytes, modifiedMs: stat.modifiedMs });
        }
      }
    }
  }
  return found;
}

function isIncluded(relativePath: string, options: DiscoveryOptions): boolean {
  if (options.include.length > 0 && !matchesAny(options.include, relativePath)) return false;
  return !matchesAny(options.exclude, relativePath);
}

async function listOf(files: Files, path: string): Promise<readonly DirectoryEntry[]> {
  try {
    return await files.list(path === '' ? '.' : path);
  } catch (error) {
    throw new MillraceError(
      'INPUT_UNREADABLE',
      `Listing '${path}' failed: ${fileErrorCode(error) ?? 'unknown error'}`,
      {
        cause: error,
      },
    );
  }
}

async function statOf(files: Files, path: string): Promise<FileStat | undefined> {
  try {
    return await files.stat(path);
  } catch (error) {
    // A file where a folder is named is nothing found either.
    if (fileErrorCode(error) === 'ENOTDIR') return undefined;
    throw new MillraceError(
      'INPUT_UNREADABLE',
      `Reading '${path}' failed: ${fileErrorCode(error) ?? 'unknown error'}`,
      {
        cause: error,
      },
    );
  }
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}
