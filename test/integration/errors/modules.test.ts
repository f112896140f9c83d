/** Job modules in any TypeScript, and modules that are none. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/index.ts';
import type { JobResult } from '../../../src/index.ts';
import { HOSTS, outputFolder, outputRows, rejection, scratchFolder } from '../../support/run-job.ts';
import type { HostKind } from '../../support/run-job.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Below the root, so that packages are found; git knows nothing of it. */
const WORK = join(ROOT, '.millrace');
mkdirSync(WORK, { recursive: true });
const place = mkdtempSync(join(WORK, 'test-'));
afterAll(() => rmSync(place, { recursive: true }));

interface Fixture {
  readonly folder: string;
  readonly result: Promise<JobResult>;
}

async function start(module: string | URL, host: HostKind, records = '5'): Promise<Fixture> {
  const folder = scratchFolder();
  const parameters = { output: outputFolder(folder), records };
  const { result } = await run(module, { host, parallelism: 2, parameters });
  return { folder, result };
}

function fixture(name: string): URL {
  return new URL(`./fixtures/${name}.ts`, import.meta.url);
}

const ENUMS = [
  { name: 'city 0', size: 'small' },
  { name: 'city 1', size: 'small' },
  { name: 'city 2', size: 'small' },
  { name: 'city 3', size: 'large' },
  { name: 'city 4', size: 'large' },
];
const CITIES = ENUMS.map(({ name }) => ({ name }));

describe.each(HOSTS)('on %s, a job module', (host) => {
  it.each([
    ['erasable', CITIES],
    ['enums', ENUMS],
    ['js-import', CITIES],
    ['extensionless', CITIES],
  ])('(%s) runs, and the stack of an error points at the line of the .ts file', async (name, rows) => {
    const whole = await start(fixture(name), host);
    expect((await whole.result).outcome).toBe('FINISHED');
    const sorted = outputRows(whole.folder).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(sorted).toEqual(rows);
    const failing = await start(fixture(name), host, '6');
    const error = await rejection(failing.result);
    expect(error).toMatchObject({ code: 'USER_FUNCTION_FAILED', cause: { message: 'there is no fifth city' } });
    const frames =
      error.cause instanceof Error ? (error.cause.stack ?? '').split('\n').filter((l) => /^ +at /.test(l)) : [];
    expect(frames[0]).toMatch(/fixtures\/cities\.ts:6:\d+/);
    expect(frames[1]).toMatch(new RegExp(`fixtures/${name}\\.ts:\\d+:\\d+`));
  });
});

describe('a module that is bundled', () => {
  it('is bundled once into the cache of its package', async () => {
    const cache = join(ROOT, '.millrace', 'cache');
    await (
      await start(fixture('enums'), 'inline')
    ).result;
    const first = readdirSync(cache).toSorted();
    await (
      await start(fixture('enums'), 'inline')
    ).result;
    expect(readdirSync(cache).toSorted()).toEqual(first);
    expect(first.filter((name) => !/^[0-9a-f]{32}\.mjs(\.map)?$/.test(name))).toEqual([]);
  });
});

describe('a module that is no job', () => {
  it.each([
    ['no-default', 'it has no default export'],
    ['function', 'its default export is a function; wrap it: export default job(name, define)'],
    ['object', 'its default export was not made by job()'],
    ['throws', "Cannot read properties of undefined (reading 'port')"],
    ['missing-package', "Cannot find package 'a-package-that-is-not-installed'"],
    ['missing-file', 'not-there.ts'],
    ['syntax-error', 'syntax-error.ts'],
    ['not-there', 'there is no such file'],
  ])('(%s) is JOB_MODULE_INVALID', async (name, text) => {
    const path = fileURLToPath(fixture(name));
    const error = await rejection(start(fixture(name), 'inline'));
    expect(error).toMatchObject({ code: 'JOB_MODULE_INVALID' });
    expect(error.message).toContain(`Loading job module '${path}' failed: `);
    expect(error.message).toContain(text);
    expect(error.hint).toContain('export default job(name');
  });

  it('because its own code threw keeps the stack of that line', async () => {
    const error = await rejection(start(fixture('throws'), 'inline'));
    expect(error.cause).toMatchObject({ name: 'TypeError', stack: expect.stringContaining('fixtures/throws.ts:3:') });
  });
});

describe('a job of another copy of the package', () => {
  it('is ENGINE_LOADED_TWICE, with the places of both', async () => {
    const copy = join(place, 'engine', 'src');
    cpSync(join(ROOT, 'src'), copy, { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
    cpSync(join(ROOT, 'package.json'), join(place, 'engine', 'package.json'));
    const module = join(place, 'job.ts');
    writeFileSync(module, "import { job } from './engine/src/index.ts';\nexport default job('copy', () => {});\n");
    const error = await rejection(start(module, 'inline'));
    expect(error).toMatchObject({ code: 'ENGINE_LOADED_TWICE' });
    expect(error.message).toContain(`Loading job module '${module}' failed`);
    expect(error.message).toContain(copy);
    expect(error.message).toContain(join(ROOT, 'src'));
    expect(error.hint).toContain('same copy');
  });
});
