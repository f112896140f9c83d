import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig, readConfigFile } from './files.ts';

describe('parseConfig', () => {
  it('takes nested and flat keys alike and knows their lines', () => {
    const text = [
      '# comment',
      'execution:',
      '  checkpointing:',
      '    interval: 1 s',
      'parallelism.default: 2',
      '',
    ].join('\n');
    expect(parseConfig(text, 'conf/config.yaml')).toEqual([
      { key: 'execution.checkpointing.interval', value: '1 s', origin: 'conf/config.yaml, line 4' },
      { key: 'parallelism.default', value: '2', origin: 'conf/config.yaml, line 5' },
    ]);
  });

  it('gives an empty file no settings', () => {
    expect(parseConfig('# nothing\n', 'x')).toEqual([]);
  });

  it('refuses what is not YAML, with the place', () => {
    expect(() => parseConfig('a: [1,\nb: 2', 'x.yaml')).toThrow(/Reading 'x.yaml' failed/);
    expect(() => parseConfig('a: 1\na: 2\n', 'x.yaml')).toThrow(/unique/i);
  });
});

describe('readConfigFile', () => {
  it('reads the file of a folder, and takes a missing one for empty only when it may be missing', () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-config-'));
    expect(readConfigFile(directory, false)).toEqual([]);
    expect(() => readConfigFile(directory, true)).toThrow(/failed/);
    writeFileSync(join(directory, 'config.yaml'), 'task.stuck.timeout: 2 min\n');
    expect(readConfigFile(directory, true)).toHaveLength(1);
  });
});
