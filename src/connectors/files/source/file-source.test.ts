import { describe, expect, it } from 'vitest';
import { FileSource } from './file-source.ts';
import type { FileSourceOptions } from './file-source-settings.ts';

describe('FileSource', () => {
  it('is bounded unless it watches', () => {
    expect(FileSource.text('/in').boundedness).toBe('bounded');
    expect(FileSource.text('/in', { watch: '10 s' }).boundedness).toBe('unbounded');
  });

  it('is known by its paths', () => {
    expect(FileSource.csv(['/in/*.csv', '/more']).identity()).toEqual(['/in/*.csv', '/more']);
  });

  it.each<FileSourceOptions>([
    { watch: 'soon' },
    { watch: 0 },
    { splitSize: 0 },
    { splitSize: '1 parsec' },
    { maxRecordSize: -1 },
    { include: 'a[b' },
    { malformed: { to: { id: 'bad' }, limit: 0.5 } },
    { malformed: { to: { id: 'bad' }, limit: Number.POSITIVE_INFINITY } },
  ])('refuses %j', (options) => {
    expect(() => FileSource.jsonLines('/in', options)).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });

  it.each([[''], [[]], [['/in', '']]])('refuses the paths %j', (paths) => {
    expect(() => FileSource.jsonArray(paths)).toThrow("Making a file source failed at 'paths'");
  });
});
