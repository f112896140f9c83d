import { beforeEach, describe, expect, it } from 'vitest';
import { FileError } from '../../../base/files.ts';
import { SimFiles } from '../../../../test/support/memory-environment.ts';
import { writeFiles } from '../../../../test/support/write-files.ts';
import { discoverFiles } from './file-discovery.ts';
import { relativePattern } from './glob-pattern.ts';

describe('discoverFiles', () => {
  let files: SimFiles;

  beforeEach(async () => {
    files = new SimFiles();
    await writeFiles(files, {
      '/in/b.csv': 'b',
      '/in/a.csv': 'aa',
      '/in/a.json': '',
      '/in/.a.csv.tmp': '',
      '/in/_SUCCESS': '',
      '/in/sub/c.csv': 'c',
      '/in/sub/deep/d.csv': 'd',
      '/in/_temporary/e.csv': 'e',
      '/other/x[1].csv': 'x',
    });
  });

  async function paths(
    inputs: readonly string[],
    options: { include?: readonly string[]; exclude?: readonly string[]; mayBeEmpty?: boolean } = {},
  ): Promise<readonly string[]> {
    const found = await discoverFiles(files, {
      paths: inputs,
      include: (options.include ?? []).map(relativePattern),
      exclude: (options.exclude ?? []).map(relativePattern),
      mayBeEmpty: options.mayBeEmpty ?? false,
    });
    return found.map(({ path }) => path);
  }

  it('finds all files below a folder in the order of their paths, but hidden and temporary ones', async () => {
    const all = ['/in/a.csv', '/in/a.json', '/in/b.csv', '/in/sub/c.csv', '/in/sub/deep/d.csv'];
    expect(await paths(['/in'])).toEqual(all);
    expect(await paths(['/in/'])).toEqual(all);
  });

  it('takes a file that is named, whatever its name', async () => {
    expect(await paths(['/in/_SUCCESS', '/other/x[1].csv'])).toEqual(['/in/_SUCCESS', '/other/x[1].csv']);
  });

  it('finds what matches a pattern, each file once', async () => {
    expect(await paths(['/in/*.csv', '/in/a*'])).toEqual(['/in/a.csv', '/in/a.json', '/in/b.csv']);
    expect(await paths(['/**/{c,d}.csv'])).toEqual(['/in/sub/c.csv', '/in/sub/deep/d.csv']);
  });

  it('includes and excludes by name or by path below the folder', async () => {
    expect(await paths(['/in'], { include: ['*.csv'], exclude: ['sub/*'] })).toEqual([
      '/in/a.csv',
      '/in/b.csv',
      '/in/sub/deep/d.csv',
    ]);
  });

  it('tells sizes and times', async () => {
    const [file] = await discoverFiles(files, { paths: ['/in/a.csv'], include: [], exclude: [], mayBeEmpty: false });
    expect(file).toEqual({ path: '/in/a.csv', sizeBytes: 2, modifiedMs: files.disk.file('/in/a.csv').modifiedMs });
  });

  it.each(['/none', '/none/*.csv', '/in/*.xml', '/in/a.csv/b'])('says that %s is not found', async (path) => {
    await expect(paths([path])).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('finds nothing in an empty folder, and nothing yet where that is allowed', async () => {
    await files.makeDirectories('/empty');
    expect(await paths(['/empty'])).toEqual([]);
    expect(await paths(['/in/*.xml'], { mayBeEmpty: true })).toEqual([]);
  });

  it('says when a folder cannot be read', async () => {
    const broken = new SimFiles(
      { fault: (operation, path) => (operation === 'list' ? new FileError('EACCES', 'no', path) : undefined) },
      files.disk,
    );
    const found = discoverFiles(broken, { paths: ['/in'], include: [], exclude: [], mayBeEmpty: false });
    await expect(found).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message: "Listing '/in/' failed: EACCES" });
  });
});
