import { describe, expect, it } from 'vitest';
import { settingText } from './setting.ts';
import type { Setting } from './setting.ts';

const setting: Setting = {
  processor: 'Some Processor',
  cores: 2,
  memoryBytes: 25_200_000_000,
  system: 'Linux 6.18',
  node: 'v24.21.0',
  java: '17.0.15',
  flink: '2.3.0',
  millrace: '0.1.0',
  commit: '0123456789',
  isChanged: false,
  parallelism: 2,
  date: '2026-11-25',
};

describe('the lines below a table', () => {
  it('tell machine, versions and settings', () => {
    expect(settingText(setting).split('\n')).toEqual([
      'Machine: Some Processor, 2 cores, 23 GiB of memory, Linux 6.18; 2026-11-25.',
      'Apache Flink 2.3.0 on Java 17.0.15; Millrace 0.1.0 (0123456789) on Node v24.21.0.',
      'Parallelism 2; an exactly-once checkpoint every second to the local disk.',
    ]);
  });

  it('tell that the commit is not what ran', () => {
    expect(settingText({ ...setting, isChanged: true })).toContain('Millrace 0.1.0 (0123456789 with changes)');
  });
});
