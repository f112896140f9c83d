/** How a job over an open loop is told what to do: parameters of the job, written by the command and read by the job. */
import type { JobParameters } from 'millrace';
import type { MeasuredEvents } from './latency-keeper.ts';
import type { PacedSettings } from './paced-reader.ts';

export interface PacedRun {
  /** Events/s */
  readonly rate: number;
  readonly keys: number;
  /** Not measured, at the beginning. */
  readonly warmUpSeconds: number;
  readonly measuredSeconds: number;
  readonly waiting: PacedSettings<unknown>['waiting'];
}

export interface PacedParameters {
  readonly keyCount: number;
  readonly measured: MeasuredEvents;
  /** Folder for the parts of the result. */
  readonly results: string;
  readonly source: Pick<PacedSettings<unknown>, 'rate' | 'waiting'> & { readonly eventCount: number };
}

export function toJobParameters(run: PacedRun, results: string): Readonly<Record<string, string>> {
  return {
    rate: String(run.rate),
    keys: String(run.keys),
    'warm-up': String(run.warmUpSeconds),
    measured: String(run.measuredSeconds),
    waiting: run.waiting,
    results,
  };
}

export function pacedParameters(parameters: JobParameters): PacedParameters {
  const rate = Number(parameters.require('rate'));
  const from = Math.round(rate * Number(parameters.require('warm-up')));
  const end = from + Math.round(rate * Number(parameters.require('measured')));
  return {
    keyCount: Number(parameters.require('keys')),
    measured: { from, end },
    results: parameters.require('results'),
    source: { rate, waiting: parameters.require('waiting') === 'spin' ? 'spin' : 'timer', eventCount: end },
  };
}
