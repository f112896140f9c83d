import type { MasterCalls } from '../../base/control-plane.ts';
import type { Logger } from '../../base/environment.ts';

/** Logs of a slot's thread are written by the main thread: one writer, whole lines, nothing lost when a thread ends. */
export function forwardingLogger(master: Pick<MasterCalls, 'log'>, fields: Readonly<Record<string, unknown>>): Logger {
  return {
    log: (level, message, more) => master.log(level, message, { ...fields, ...more }),
    with: (more) => forwardingLogger(master, { ...fields, ...more }),
  };
}
