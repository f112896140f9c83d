import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointDirectoryPath } from './checkpoint-directory.ts';

describe('checkpointDirectoryPath', () => {
  it('takes paths and file URIs, relative ones from the current folder', () => {
    expect(checkpointDirectoryPath(undefined)).toBe(resolve('.millrace/checkpoints'));
    expect(checkpointDirectoryPath('some/dir')).toBe(resolve('some/dir'));
    expect(checkpointDirectoryPath('file:./x')).toBe(resolve('x'));
    expect(checkpointDirectoryPath('file:/tmp/x')).toBe('/tmp/x');
    expect(checkpointDirectoryPath('file:///tmp/a%20b')).toBe('/tmp/a b');
  });

  it('refuses other schemes by name', () => {
    expect(() => checkpointDirectoryPath('s3://bucket/x')).toThrow(/'s3'/);
  });
});
