/**
 * Loads a job's module. Erasable TypeScript whose imports resolve is loaded as it is. Anything else that Node refuses (enums,
 * './x.js' for a .ts, imports without extension) is bundled once into `.millrace/cache/<hash>.mjs` beside the nearest
 * package.json, packages external, with a source map: all threads then import that one file, and stack traces point to the .ts.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { fileErrorCode } from '../base/files.ts';
import { MillraceError, messageOf } from '../base/errors.ts';
import { requireJob } from '../graph/job-mark.ts';
import type { JobDefinition } from '../graph/stream-graph.ts';

export interface JobModule {
  readonly definition: JobDefinition;
  /** What every thread imports. */
  readonly importUrl: string;
  /** The module as the user named it, absolute. */
  readonly path: string;
  /** Identity of the module: path relative to the nearest package.json, and that package's name. */
  readonly identity: ModuleIdentity;
}

export interface ModuleIdentity {
  readonly modulePath: string;
  readonly packageName: string;
}

/** Errors of Node's loader that mean 'not loadable as it is', as opposed to an error of the module's own code. */
const BUNDLING_CODES: ReadonlySet<string> = new Set([
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
]);

/**
 * @param module a path, or a file: URL, also as a string (what import.meta.resolve gives)
 * @throws JOB_MODULE_INVALID when there is no such file, it does not load, or its default export is not a job
 */
export async function loadJobModule(module: URL | string): Promise<JobModule> {
  const isUrl = module instanceof URL || module.startsWith('file:');
  const path = isUrl ? fileURLToPath(module) : resolve(module);
  if (!existsSync(path))
    throw new MillraceError('JOB_MODULE_INVALID', `Loading job module '${path}' failed: there is no such file`);
  process.setSourceMapsEnabled(true);
  const packageDirectory = nearestPackage(path);
  const importUrl = await importableUrl(path, packageDirectory ?? dirname(path));
  const exports = (await import(importUrl)) as { readonly default?: unknown };
  return {
    definition: requireJob(exports.default, path),
    importUrl,
    path,
    identity: {
      modulePath: packageDirectory === undefined ? path : relative(packageDirectory, path),
      packageName: packageDirectory === undefined ? '' : await packageName(packageDirectory, path),
    },
  };
}

/** The module itself where Node takes it, else a bundle of it. */
async function importableUrl(path: string, packageDirectory: string): Promise<string> {
  const url = pathToFileURL(path).href;
  try {
    await import(url);
    return url;
  } catch (error) {
    if (!BUNDLING_CODES.has(fileErrorCode(error) ?? '')) throw moduleError(path, error);
  }
  try {
    const bundled = pathToFileURL(await bundle(path, packageDirectory)).href;
    await import(bundled);
    return bundled;
  } catch (error) {
    throw moduleError(path, error);
  }
}

async function bundle(path: string, packageDirectory: string): Promise<string> {
  const { build } = await import('esbuild');
  const cache = join(packageDirectory, '.millrace', 'cache');
  const { outputFiles } = await build({
    entryPoints: [path],
    outfile: join(cache, 'job.mjs'),
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    sourcemap: 'linked',
    logLevel: 'silent',
  });
  const code = outputFiles.find(({ path: name }) => name.endsWith('.mjs'));
  const map = outputFiles.find(({ path: name }) => name.endsWith('.map'));
  if (code === undefined || map === undefined) throw new Error('esbuild gave no output');
  const hash = createHash('sha256').update(code.contents).digest('hex').slice(0, 32);
  const target = join(cache, `${hash}.mjs`);
  await mkdir(cache, { recursive: true });
  await writeWhole(`${target}.map`, map.contents);
  await writeWhole(target, new TextEncoder().encode(code.text.replace('job.mjs.map', `${hash}.mjs.map`)));
  return target;
}

/** Another process may be writing the same file: both have the same content, and readers never see half of it. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
}

function moduleError(path: string, error: unknown): MillraceError {
  if (MillraceError.is(error)) return error;
  return new MillraceError('JOB_MODULE_INVALID', `Loading job module '${path}' failed: ${messageOf(error)}`, {
    cause: error,
  });
}

function nearestPackage(path: string): string | undefined {
  let directory = dirname(path);
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
  return directory;
}

/** @throws JOB_MODULE_INVALID: Node itself looks into package.json only where a file's extension does not say what the file is */
async function packageName(directory: string, modulePath: string): Promise<string> {
  const manifest = await readManifest(join(directory, 'package.json'), modulePath);
  const hasName =
    typeof manifest === 'object' && manifest !== null && 'name' in manifest && typeof manifest.name === 'string';
  return hasName ? String(manifest.name) : '';
}

async function readManifest(manifestPath: string, modulePath: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(manifestPath, 'utf8'));
  } catch (error) {
    const message = `Loading job module '${modulePath}' failed: '${manifestPath}' cannot be read: ${messageOf(error)}`;
    throw new MillraceError('JOB_MODULE_INVALID', message, { cause: error });
  }
}
