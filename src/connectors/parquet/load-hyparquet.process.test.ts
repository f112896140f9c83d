import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** In a process of its own, because a package that was imported once stays imported. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier !== 'hyparquet') return next(specifier, context);
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  });
  const { loadHyparquet } = await import(${JSON.stringify(new URL('./load-hyparquet.ts', import.meta.url).href)});
  await loadHyparquet().catch((error) => console.log(error.code + ': ' + error.message));
`;

describe('loadHyparquet', () => {
  it('says which package is missing', () => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], { encoding: 'utf8' });
    expect(stdout).toBe(
      "PEER_DEPENDENCY_MISSING: Reading Parquet failed: package 'hyparquet' is not installed (npm install hyparquet@1.31.5)\n",
    );
  });
});
