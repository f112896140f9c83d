/** `bench checkpoint`: what checkpoints of much state take, and what they cost those who wait for results. */
import { parseArgs } from 'node:util';
import { formatMemorySize } from '../../src/base/duration.ts';
import { formatCount } from '../../src/metrics/format-values.ts';
import type { Command } from '../command-line/command.ts';
import { namedFlag } from '../command-line/flags.ts';
import { printFigures } from '../command-line/print-figures.ts';
import { latencyRows } from '../paced/figure-rows.ts';
import { pacedFlags, pacedOptions } from '../paced/paced-flags.ts';
import { runPaced } from '../paced/run-paced.ts';
import type { PacedFigures, PacedOptions } from '../paced/run-paced.ts';

const MODULE = new URL('./checkpoint-job.ts', import.meta.url);
const MODES = ['full', 'incremental', 'both'] as const;

type CheckpointOptions = Omit<PacedOptions, 'isIncremental'>;

export const checkpointCommand: Command = {
  usage: `checkpoint [options]
  --keys <n>                   with 2 numbers and 100 characters each (default 5000000)
  --rate <updates/s>           of random keys (default 50000)
  --mode <mode>                full, incremental, or both, one after the other (default)
  --checkpoint-interval <ms>   default 5000
  --warm-up <s>                default 20
  --measured <s>               default 60
  --parallelism <p>            default: the number of cores
  --waiting <how>              of the source for its next event: spin (default) or timer
  --json                       one line for machines and mode`,

  prepare: (args) => {
    const { options, modes, isJson } = parseCheckpointFlags(args);
    return () => measureModes(options, modes, isJson);
  },
};

interface CheckpointFlags {
  readonly options: CheckpointOptions;
  readonly modes: readonly ('full' | 'incremental')[];
  readonly isJson: boolean;
}

function parseCheckpointFlags(args: readonly string[]): CheckpointFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...pacedFlags({ rate: 50_000, keys: 5_000_000, checkpointIntervalMs: 5000 }),
      mode: { type: 'string', default: 'both' },
      json: { type: 'boolean', default: false },
    },
  });
  const mode = namedFlag('mode', values.mode, MODES);
  return {
    options: { module: MODULE, ...pacedOptions(values, 1) },
    modes: mode === 'both' ? ['full', 'incremental'] : [mode],
    isJson: values.json,
  };
}

async function measureModes(
  options: CheckpointOptions,
  modes: CheckpointFlags['modes'],
  isJson: boolean,
): Promise<number> {
  for (const mode of modes) {
    const figures = await runPaced({ ...options, isIncremental: mode === 'incremental' });
    if (isJson) console.log(jsonLine(options, mode, figures));
    else print(options, mode, figures);
  }
  return 0;
}

function jsonLine(
  { run, parallelism, checkpointIntervalMs }: CheckpointOptions,
  mode: string,
  figures: PacedFigures,
): string {
  return JSON.stringify({ bench: 'checkpoint', mode, ...run, parallelism, checkpointIntervalMs, ...figures });
}

function print({ run }: CheckpointOptions, mode: string, figures: PacedFigures): void {
  const { checkpoints, failedCheckpoints } = figures;
  printFigures(`checkpoint, ${mode}: ${formatCount(run.keys)} keys, ${formatCount(run.rate)} updates/s`, [
    ['completed', `${checkpoints.count}${failedCheckpoints === 0 ? '' : `, failed ${failedCheckpoints}`}`],
    ['duration', `median ${Math.round(checkpoints.medianMs)} ms, longest ${Math.round(checkpoints.longestMs)} ms`],
    [
      'written',
      `median ${formatMemorySize(checkpoints.medianBytes)}, largest ${formatMemorySize(checkpoints.largestBytes)}`,
    ],
    ['a restore reads', formatMemorySize(checkpoints.stateBytes)],
    ...latencyRows(figures.latencyMs),
    ['cpu', `${figures.cpuSeconds.toFixed(1)} s`],
    ['memory', `${formatMemorySize(figures.peakRssBytes)} at most`],
  ]);
}
