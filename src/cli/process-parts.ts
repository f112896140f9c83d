import pc from 'picocolors';
import type { JobHandle, RunOptions } from '../launch/job-handle.ts';
import type { Styles } from '../metrics/styles.ts';
import type { WritableLike } from './display/captured-stream.ts';
import { watchSignals } from './signals.ts';
import type { SignalListeners } from './signals.ts';
import { processTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

/** What the command line needs of the process it runs in; tests bring their own. */
export interface CommandParts {
  readonly terminal: Terminal;
  readonly styles: Styles;
  /** Streams that end on the same terminal as `terminal`. */
  readonly sharedStreams: readonly WritableLike[];
  /** True when `print()` of a job would write into the live status. */
  readonly isOutputOnTerminal: boolean;
  readonly workingDirectory: string;
  run(module: URL | string, options: RunOptions): Promise<JobHandle>;
  watchSignals(listeners: SignalListeners): Watch;
  /** Tells of exceptions and rejections that nobody caught. */
  watchUncaught(onUncaught: (error: unknown) => void): Watch;
  /** Ends the process at once. */
  exit(code: number): void;
}

export interface Watch {
  stop(): void;
}

export const processParts: CommandParts = {
  terminal: processTerminal,
  styles: pc.createColors(isColoured()),
  get sharedStreams(): readonly WritableLike[] {
    return process.stdout.isTTY ? [process.stdout, process.stderr] : [process.stderr];
  },
  get isOutputOnTerminal(): boolean {
    return process.stdout.isTTY;
  },
  get workingDirectory(): string {
    return process.cwd();
  },
  async run(module, options) {
    const launch = await import('../launch/run.ts');
    return launch.run(module, options);
  },
  watchSignals,
  watchUncaught(onUncaught) {
    // Rejections that nobody handles come as uncaught exceptions, too.
    process.on('uncaughtException', onUncaught);
    return { stop: () => void process.off('uncaughtException', onUncaught) };
  },
  exit: (code) => process.exit(code),
};

/** picocolors looks at standard output; what is written here goes to standard error. */
function isColoured(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0';
  return process.stderr.isTTY && TERM !== 'dumb';
}
