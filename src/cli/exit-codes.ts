/** What the process answers with. Printed by the help and in docs/cli.md and docs/errors.md. */
import { constants } from 'node:os';
import { ERROR_CATALOGUE } from '../base/error-catalogue.ts';
import { MillraceError } from '../base/errors.ts';
import type { JobOutcome } from '../job/job-status.ts';

export const EXIT_SUCCESS = 0;
export const EXIT_JOB_FAILED = 1;
export const EXIT_USAGE = 2;
/** An error that nobody caught: a bug. Of sysexits.h, EX_SOFTWARE. */
export const EXIT_INTERNAL = 70;

/** The signals that suspend a job. SIGHUP: its terminal is gone. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export const EXIT_CODES: readonly { readonly code: string; readonly meaning: string }[] = [
  { code: '0', meaning: 'the job FINISHED, or was CANCELED or SUSPENDED by its own program' },
  { code: '1', meaning: 'the job failed' },
  { code: '2', meaning: 'wrong usage, configuration or job parameters' },
  { code: '3', meaning: 'the definition of the job is wrong' },
  { code: '4', meaning: 'a checkpoint cannot be read, written or restored' },
  { code: '5', meaning: 'another run is in the way: a running process, its name or its output' },
  {
    code: '70',
    meaning: 'an error that nobody caught: a bug of Millrace, or of code outside of the functions of the job',
  },
  { code: '129, 130, 143', meaning: 'SUSPENDED by SIGHUP, SIGINT (Ctrl-C), SIGTERM: 128 and the number of the signal' },
];

/** As shells count: 128 and the number of the signal. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return 128 + constants.signals[signal];
}

export function exitCodeOfError(error: unknown): number {
  return MillraceError.is(error) ? ERROR_CATALOGUE[error.code].exitCode : EXIT_INTERNAL;
}

/** @param signal what suspended the job, if something did */
export function exitCodeOfOutcome(outcome: JobOutcome, signal: StopSignal | undefined): number {
  switch (outcome) {
    case 'FINISHED':
    case 'CANCELED':
      return EXIT_SUCCESS;
    case 'SUSPENDED':
      return signal === undefined ? EXIT_SUCCESS : exitCodeOfSignal(signal);
    case 'FAILED':
      return EXIT_JOB_FAILED;
  }
}
