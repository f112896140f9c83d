/** `bench coldstart`: from the start of the process `millrace run` to the job's first row. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Command } from '../command-line/command.ts';
import { countFlag } from '../command-line/flags.ts';
import { printFigures } from '../command-line/print-figures.ts';
import { installPackage } from '../installed/installed-package.ts';
import type { InstalledPackage } from '../installed/installed-package.ts';
import { median } from '../figures/median.ts';

export const coldstartCommand: Command = {
  usage: `coldstart [options]
  --runs <n>                   after a first one, which compiles (default 11)
  --json                       one line for machines`,

  prepare: (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: { runs: { type: 'string', default: '11' }, json: { type: 'boolean', default: false } },
    });
    const runs = countFlag('runs', values.runs, 1);
    return () => coldstart(runs, values.json);
  },
};

/** ms from the start of the process. */
interface StartTimes {
  readonly firstRowMs: number;
  readonly endMs: number;
}

async function coldstart(runs: number, isJson: boolean): Promise<number> {
  const installed = installPackage(join(import.meta.dirname, '../..'));
  try {
    const first = await start(installed);
    const times: StartTimes[] = [];
    while (times.length < runs) times.push(await start(installed));
    const rows = times.map(({ firstRowMs }) => firstRowMs);
    const figures = {
      firstRunMs: first.firstRowMs,
      medianMs: median(rows),
      shortestMs: Math.min(...rows),
      longestMs: Math.max(...rows),
      medianToEndMs: median(times.map(({ endMs }) => endMs)),
    };
    if (isJson) console.log(JSON.stringify({ bench: 'coldstart', runs, ...figures }));
    else print(runs, figures);
    return 0;
  } finally {
    installed.remove();
  }
}

async function start(installed: InstalledPackage): Promise<StartTimes> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [...installed.command, 'run', installed.jobModule('coldstart/coldstart-job.ts')],
    {
      cwd: installed.folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  const firstRowMs = performance.now() - startedAt;
  child.stdout.resume();
  await ended;
  if (child.exitCode !== 0) throw new Error(`The job ended with ${child.exitCode ?? child.signalCode}`);
  return { firstRowMs, endMs: performance.now() - startedAt };
}

function print(
  runs: number,
  figures: Readonly<Record<'firstRunMs' | 'medianMs' | 'shortestMs' | 'longestMs' | 'medianToEndMs', number>>,
): void {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  printFigures(`coldstart: from the process to the first row, ${runs} runs`, [
    ['median', seconds(figures.medianMs)],
    ['shortest', seconds(figures.shortestMs)],
    ['longest', seconds(figures.longestMs)],
    ['to the end', seconds(figures.medianToEndMs)],
    ['nothing compiled', seconds(figures.firstRunMs)],
  ]);
}
