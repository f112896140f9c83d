/**
 * `bench recovery`: a job with state is killed by SIGKILL and started again at once. All times count from the kill, so that they
 * include the end of the old process and the start of Node.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatCount } from '../../src/metrics/format-values.ts';
import type { Command } from '../command-line/command.ts';
import { countFlag } from '../command-line/flags.ts';
import { printFigures } from '../command-line/print-figures.ts';
import { installPackage } from '../installed/installed-package.ts';
import type { InstalledPackage } from '../installed/installed-package.ts';
import { median } from '../figures/median.ts';
import { machineNowMs } from '../paced/machine-clock.ts';
import type { Note } from './progress-keeper.ts';
import { kill, RecoveringJob } from './recovering-job.ts';
import type { RecoveryOptions } from './recovering-job.ts';

export const recoveryCommand: Command = {
  usage: `recovery [options]
  --rate <events/s>            default 100000
  --keys <n>                   with 2 numbers and 100 characters each (default 1000000)
  --checkpoint-interval <ms>   default 1000
  --steady <s>                 that the job runs on time before it is killed (default 10)
  --parallelism <p>            default: the number of cores
  --runs <n>                   default 3
  --json                       one line for machines`,

  prepare: (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rate: { type: 'string', default: '100000' },
        keys: { type: 'string', default: '1000000' },
        'checkpoint-interval': { type: 'string', default: '1000' },
        steady: { type: 'string', default: '10' },
        parallelism: { type: 'string', default: String(availableParallelism()) },
        runs: { type: 'string', default: '3' },
        json: { type: 'boolean', default: false },
      },
    });
    const options: RecoveryOptions = {
      rate: countFlag('rate', values.rate, 1),
      keys: countFlag('keys', values.keys, 1),
      checkpointIntervalMs: countFlag('checkpoint-interval', values['checkpoint-interval'], 1),
      steadySeconds: countFlag('steady', values.steady, 1),
      parallelism: countFlag('parallelism', values.parallelism, 1),
      runs: countFlag('runs', values.runs, 1),
    };
    return () => recovery(options, values.json);
  },
};

/** ms from the kill. */
interface RecoveryTimes {
  /** To the first row out of the keyed operator. */
  readonly firstRowMs: number;
  /** Until rows are less than 0.5 s late, in all subtasks. */
  readonly caughtUpMs: number;
  /** Until there is a new file of the sink that commits exactly once. */
  readonly firstFileMs: number;
}

async function recovery(options: RecoveryOptions, isJson: boolean): Promise<number> {
  const installed = installPackage(join(import.meta.dirname, '../..'));
  try {
    const times: RecoveryTimes[] = [];
    while (times.length < options.runs) times.push(await killAndRestart(installed, options));
    const medians: RecoveryTimes = {
      firstRowMs: median(times.map(({ firstRowMs }) => firstRowMs)),
      caughtUpMs: median(times.map(({ caughtUpMs }) => caughtUpMs)),
      firstFileMs: median(times.map(({ firstFileMs }) => firstFileMs)),
    };
    if (isJson) console.log(JSON.stringify({ bench: 'recovery', ...options, ...medians, times }));
    else print(options, medians, times);
    return 0;
  } finally {
    installed.remove();
  }
}

async function killAndRestart(installed: InstalledPackage, options: RecoveryOptions): Promise<RecoveryTimes> {
  const job = new RecoveringJob(installed, options);
  try {
    const first = job.start();
    await job.caughtUp(first);
    // What is restored must be a state of after the filling: files hold only rows of then.
    await job.newFile(first, new Set());
    await sleep(options.steadySeconds * 1000);
    const files = job.outputFiles();
    const killedAtMs = machineNowMs();
    await kill(first);
    const second = job.start();
    const [notes, firstFileAtMs] = await Promise.all([job.caughtUp(second), job.newFile(second, files)]);
    await kill(second);
    const timesOf = (kind: Note['kind']): readonly number[] =>
      notes.filter((note) => note.kind === kind).map(({ atMs }) => atMs - killedAtMs);
    return {
      firstRowMs: Math.min(...timesOf('first')),
      caughtUpMs: Math.max(...timesOf('caught-up')),
      firstFileMs: firstFileAtMs - killedAtMs,
    };
  } finally {
    await job.remove();
  }
}

function print({ rate, keys }: RecoveryOptions, medians: RecoveryTimes, times: readonly RecoveryTimes[]): void {
  const all = (of: (one: RecoveryTimes) => number): string =>
    `${seconds(of(medians))}   (${times.map((one) => seconds(of(one))).join(', ')})`;
  printFigures(`recovery: ${formatCount(rate)} events/s, ${formatCount(keys)} keys, from SIGKILL`, [
    ['first row', all(({ firstRowMs }) => firstRowMs)],
    ['less than 0.5 s late', all(({ caughtUpMs }) => caughtUpMs)],
    ['first committed file', all(({ firstFileMs }) => firstFileMs)],
  ]);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
