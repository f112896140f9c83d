/** What becomes of a module, and who it says it is. Errors of modules stand in test/integration/errors/modules.test.ts. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { loadJobModule } from './load-job-module.ts';

const JOB_MODULE = new URL('../api/job.ts', import.meta.url).href;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Files of a folder outside of any package, by path. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-module-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function source(name: string, more = ''): string {
  return `import { job } from '${JOB_MODULE}';\n${more}\nexport default job('${name}', () => {});\n`;
}

const SHOP = JSON.stringify({ name: 'shop', type: 'module' });
const ENUM = 'enum Size { Small = 1 }\nif (Size.Small !== 1) throw new Error();';

describe('a module that Node loads', () => {
  it('is imported as it is, by whatever it was named', async () => {
    const path = join(folderWith({ 'package.json': SHOP, 'jobs/orders.ts': source('orders') }), 'jobs/orders.ts');
    const url = pathToFileURL(path);
    for (const named of [path, relative(process.cwd(), path), url, url.href]) {
      const loaded = await loadJobModule(named);
      expect(loaded).toMatchObject({ importUrl: url.href, path, definition: { name: 'orders' } });
      expect(loaded.identity).toEqual({ modulePath: 'jobs/orders.ts', packageName: 'shop' });
    }
  });

  it('belongs to the nearest package', async () => {
    const folder = folderWith({
      'package.json': SHOP,
      'parts/billing/package.json': JSON.stringify({ name: '@shop/billing', type: 'module' }),
      'parts/billing/jobs/invoices.ts': source('invoices'),
      'parts/unnamed/package.json': JSON.stringify({ type: 'module' }),
      'parts/unnamed/orders.ts': source('orders'),
    });
    const identityOf = async (path: string): Promise<unknown> => (await loadJobModule(join(folder, path))).identity;
    expect(await identityOf('parts/billing/jobs/invoices.ts')).toEqual({
      modulePath: 'jobs/invoices.ts',
      packageName: '@shop/billing',
    });
    expect(await identityOf('parts/unnamed/orders.ts')).toEqual({ modulePath: 'orders.ts', packageName: '' });
  });

  it('outside of any package is known by its whole path', async () => {
    const path = join(folderWith({ 'orders.mts': source('orders') }), 'orders.mts');
    expect((await loadJobModule(path)).identity).toEqual({ modulePath: path, packageName: '' });
  });

  it('of a package whose package.json cannot be read is JOB_MODULE_INVALID and names that file', async () => {
    const folder = folderWith({ 'package.json': '{ "name": ', 'orders.mjs': source('orders') });
    const path = join(folder, 'orders.mjs');
    await expect(loadJobModule(path)).rejects.toMatchObject({
      code: 'JOB_MODULE_INVALID',
      message: expect.stringContaining(`Loading job module '${path}' failed: '${join(folder, 'package.json')}'`),
    });
  });
});

describe('a module that Node does not load', () => {
  it('is bundled beside the nearest package.json, with its map, and keeps its name', async () => {
    const folder = folderWith({ 'package.json': SHOP, 'jobs/orders.ts': source('orders', ENUM) });
    const path = join(folder, 'jobs/orders.ts');
    const { importUrl, identity, ...loaded } = await loadJobModule(path);
    expect(loaded).toMatchObject({ path, definition: { name: 'orders' } });
    expect(identity).toEqual({ modulePath: 'jobs/orders.ts', packageName: 'shop' });
    const bundle = fileURLToPath(importUrl);
    expect(dirname(bundle)).toBe(join(folder, '.millrace/cache'));
    const names = readdirSync(dirname(bundle)).toSorted();
    expect(names[0]).toMatch(/^[0-9a-f]{32}\.mjs$/);
    expect(names).toEqual([names[0], `${names[0]}.map`]);
  });

  it('is bundled under a name of its own when it has changed', async () => {
    const folder = folderWith({ 'package.json': SHOP, 'orders.ts': source('orders', ENUM) });
    const first = await loadJobModule(join(folder, 'orders.ts'));
    writeFileSync(join(folder, 'orders.ts'), source('new orders', ENUM));
    const second = await loadJobModule(join(folder, 'orders.ts'));
    expect([first.definition.name, second.definition.name]).toEqual(['orders', 'new orders']);
    expect(second.importUrl).not.toBe(first.importUrl);
  });
});
