/** `bench latency`: how late results are when events come at a fixed rate, with checkpoints. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { formatMemorySize } from '../../src/base/duration.ts';
import { formatCount } from '../../src/metrics/format-values.ts';
import type { Command } from '../command-line/command.ts';
import { countFlag, namedFlag } from '../command-line/flags.ts';
import { printFigures } from '../command-line/print-figures.ts';
import { latencyRows } from '../paced/figure-rows.ts';
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
      rate: { type: 'string', default: '100000' },
      keys: { type: 'string', default: '1000000' },
      'warm-up': { type: 'string', default: '20' },
      measured: { type: 'string', default: '60' },
      parallelism: { type: 'string', default: String(availableParallelism()) },
      'checkpoint-interval': { type: 'string', default: '1000' },
      waiting: { type: 'string', default: 'spin' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    options: {
      module: MODULE,
      run: {
        rate: countFlag('rate', values.rate, 1),
        keys: countFlag('keys', values.keys, 1),
        warmUpSeconds: countFlag('warm-up', values['warm-up'], 0),
        measuredSeconds: countFlag('measured', values.measured, 1),
        waiting: namedFlag('waiting', values.waiting, ['spin', 'timer']),
      },
      parallelism: countFlag('parallelism', values.parallelism, 1),
      checkpointIntervalMs: countFlag('checkpoint-interval', values['checkpoint-interval'], 0),
      isIncremental: true,
    },
    isJson: values.json,
  };
}

async function latency(options: PacedOptions, isJson: boolean): Promise<number> {
  const { run, parallelism, checkpointIntervalMs } = options;
  const figures = await runPaced(options);
  if (isJson) {
    console.log(JSON.stringify({ bench: 'latency', ...run, parallelism, checkpointIntervalMs, ...figures }));
    return 0;
  }
  const { checkpoints } = figures;
  printFigures(
    `latency: ${formatCount(run.rate)} events/s, ${formatCount(run.keys)} keys, parallelism ${parallelism}`,
    [
      ...latencyRows(figures.latencyMs),
      [
        'checkpoints',
        `${checkpoints.count}, median ${Math.round(checkpoints.medianMs)} ms, longest ${Math.round(checkpoints.longestMs)} ms, ${formatMemorySize(checkpoints.medianBytes)} each`,
      ],
      ['cpu', `${figures.cpuSeconds.toFixed(1)} s`],
      ['memory', `${formatMemorySize(figures.peakRssBytes)} at most`],
    ],
  );
  return 0;
}
