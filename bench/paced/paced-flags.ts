/** The flags that the commands over an open loop have in common. */
import { availableParallelism } from 'node:os';
import { countFlag, namedFlag } from '../command-line/flags.ts';
import type { PacedOptions } from './run-paced.ts';

interface PacedDefaults {
  readonly rate: number;
  readonly keys: number;
  readonly checkpointIntervalMs: number;
}

type TextFlag = { readonly type: 'string'; readonly default: string };
type FlagName = 'rate' | 'keys' | 'checkpoint-interval' | 'warm-up' | 'measured' | 'parallelism' | 'waiting';

/** For parseArgs. */
export function pacedFlags({ rate, keys, checkpointIntervalMs }: PacedDefaults): Readonly<Record<FlagName, TextFlag>> {
  const flag = (value: string | number): TextFlag => ({ type: 'string', default: String(value) });
  return {
    rate: flag(rate),
    keys: flag(keys),
    'checkpoint-interval': flag(checkpointIntervalMs),
    'warm-up': flag(20),
    measured: flag(60),
    parallelism: flag(availableParallelism()),
    waiting: flag('spin'),
  };
}

/**
 * @param intervalLeastMs 0 where a run without checkpoints makes sense
 * @throws TypeError
 */
export function pacedOptions(
  values: Readonly<Record<FlagName, string>>,
  intervalLeastMs: number,
): Pick<PacedOptions, 'run' | 'parallelism' | 'checkpointIntervalMs'> {
  return {
    run: {
      rate: countFlag('rate', values.rate, 1),
      keys: countFlag('keys', values.keys, 1),
      warmUpSeconds: countFlag('warm-up', values['warm-up'], 0),
      measuredSeconds: countFlag('measured', values.measured, 1),
      waiting: namedFlag('waiting', values.waiting, ['spin', 'timer']),
    },
    parallelism: countFlag('parallelism', values.parallelism, 1),
    checkpointIntervalMs: countFlag('checkpoint-interval', values['checkpoint-interval'], intervalLeastMs),
  };
}
