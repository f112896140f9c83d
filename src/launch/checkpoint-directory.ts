import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '../base/errors.ts';

/** Where checkpoints go when nobody says: losing state by default, as Flink does, helps nobody. */
export const DEFAULT_CHECKPOINT_DIRECTORY = 'file:./.millrace/checkpoints';

/**
 * The absolute path of execution.checkpointing.dir: a path, 'file:./relative', 'file:/absolute' or 'file:///absolute'.
 * @throws CONFIG_INVALID for another scheme
 */
export function checkpointDirectoryPath(setting: string | undefined): string {
  const text = setting ?? DEFAULT_CHECKPOINT_DIRECTORY;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(text);
  if (scheme !== 'file') {
    throw new MillraceError(
      'CONFIG_INVALID',
      `Reading 'execution.checkpointing.dir' failed: '${text}' has scheme '${scheme}', only 'file' is supported`,
    );
  }
  const path = text.slice('file:'.length);
  if (path.startsWith('//')) return fileURLToPath(text);
  return isAbsolute(path) ? path : resolve(path);
}
