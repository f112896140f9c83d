/** What a table must say beside its figures: where they come from. */
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type as systemName } from 'node:os';
import { join } from 'node:path';
import { FLINK_VERSION } from './flink-distribution.ts';
import { runProgram } from './program.ts';

export interface Setting {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly java: string;
  readonly flink: string;
  readonly millrace: string;
  readonly commit: string;
  /** Whether files differ from the commit. */
  readonly isChanged: boolean;
  readonly parallelism: number;
  readonly date: string;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** @param java its version */
export async function currentSetting(java: string, parallelism: number): Promise<Setting> {
  const commit = await runProgram('git', ['rev-parse', '--short=10', 'HEAD'], { cwd: ROOT });
  const changes = await runProgram('git', ['status', '--porcelain', '--untracked-files=no'], { cwd: ROOT });
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown processor',
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${systemName()} ${release()}`,
    node: process.version,
    java,
    flink: FLINK_VERSION,
    millrace: version,
    commit: commit.trim(),
    isChanged: changes !== '',
    parallelism,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function settingText(setting: Setting): string {
  const { processor, cores, memoryBytes, system, node, java, flink, millrace, commit, isChanged } = setting;
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB`;
  const changes = isChanged ? ' with changes' : '';
  return [
    `Machine: ${processor}, ${cores} cores, ${memory} of memory, ${system}; ${setting.date}.`,
    `Apache Flink ${flink} on Java ${java}; Millrace ${millrace} (${commit}${changes}) on Node ${node}.`,
    `Parallelism ${setting.parallelism}; an exactly-once checkpoint every second to the local disk.`,
  ].join('\n');
}
