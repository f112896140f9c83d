/** `bench latency`: how late results are when events come at a fixed rate, with checkpoints. */
import { parseArgs } from 'node:util';
import { formatMemorySize } from '../../src/base/duration.ts';
import { formatCount } from '../../src/metrics/format-values.ts';
import type { Command } from '../command-line/command.ts';
import { namedFlag } from '../command-line/flags.ts';
import { printFigures } from '../command-line/print-figures.ts';
import { latencyRows } from '../paced/figure-rows.ts';
import { pacedFlags, pacedOptions } from '../paced/paced-flags.ts';
import { runPaced } from '../paced/run-paced.ts';
import type { PacedOptions } from '../paced/run-paced.ts';

const MODULE = new URL('./keyed-totals-job.ts', import.meta.url);

export const latencyCommand: Command = {
  usage: `latency [options]
  --rate <events/s>            of all subtasks together (default 100000)
  --keys <n>                   all of them are there before the clock starts (default 1000000)
  --warm-up <s>                default 20
  --measured <s>               default 60
  --parallelism <p>            default: the number of cores
  --checkpoint-interval <ms>   default 1000; 0: none
  --mode <mode>                of checkpoints: full or incremental (default)
  --waiting <how>              of the source for its next event: spin (default) or timer
  --json                       one line for machines`,

  prepare: (args) => {
    const { options, isJson } = parseLatencyFlags(args);
    return () => latency(options, isJson);
  },
};

function parseLatencyFlags(args: readonly string[]): { readonly options: PacedOptions; readonly isJson: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...pacedFlags({ rate: 100_000, keys: 1_000_000, checkpointIntervalMs: 1000 }),
      mode: { type: 'string', default: 'incremental' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    options: {
      module: MODULE,
      ...pacedOptions(values, 0),
      isIncremental: namedFlag('mode', values.mode, ['full', 'incremental']) === 'incremental',
    },
    isJson: values.json,
  };
}

async function latency(options: PacedOptions, isJson: boolean): Promise<number> {
  const { run, parallelism, checkpointIntervalMs, isIncremental } = options;
  const figures = await runPaced(options);
  if (isJson) {
    console.log(
      JSON.stringify({ bench: 'latency', ...run, parallelism, checkpointIntervalMs, isIncremental, ...figures }),
    );
    return 0;
  }
  const { checkpoints } = figures;
  printFigures(
    `latency: ${formatCount(run.rate)} events/s, ${formatCount(run.keys)} keys, parallelism ${parallelism}`,
    [
      ...latencyRows(figures.latencyMs),
      [
        isIncremental ? 'incremental' : 'full',
        `${checkpoints.count} checkpoints, median ${Math.round(checkpoints.medianMs)} ms, longest ${Math.round(checkpoints.longestMs)} ms, ${formatMemorySize(checkpoints.medianBytes)} each`,
      ],
      ['cpu', `${figures.cpuSeconds.toFixed(1)} s`],
      ['memory', `${formatMemorySize(figures.peakRssBytes)} at most`],
    ],
  );
  return 0;
}
