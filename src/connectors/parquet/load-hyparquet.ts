import type * as hyparquet from 'hyparquet';
import { MillraceError } from '../../base/errors.ts';
import { fileErrorCode } from '../../base/files.ts';

export type Hyparquet = typeof hyparquet;

/**
 * The package is an optional peer: whoever reads no Parquet need not install it.
 * @throws PEER_DEPENDENCY_MISSING
 */
export async function loadHyparquet(): Promise<Hyparquet> {
  try {
    return await import('hyparquet');
  } catch (error) {
    if (fileErrorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    const message = "Reading Parquet failed: package 'hyparquet' is not installed (npm install hyparquet@1.31.5)";
    throw new MillraceError('PEER_DEPENDENCY_MISSING', message, { cause: error });
  }
}
