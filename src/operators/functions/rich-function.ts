import type { Collector } from './collector.ts';
import type { RuntimeContext } from './runtime-context.ts';

/**
 * Life cycle of a function object: open → calls → finish → close. An object that has any of these belongs to one operator of one
 * attempt and is opened once: make it inside `define`, not at the top of the module.
 */
export interface RichFunction<Out> {
  /** Before the first record. May be async, with a timeout (task.function.open-timeout); state cannot be read yet. */
  open?(ctx: RuntimeContext): void | Promise<void>;
  /** All input has ended and all timers have fired. Synchronous; what is emitted here has no timestamp. */
  finish?(out: Collector<Out>): void;
  /** Called once when `open` was called, after failures and cancellation too. */
  close?(): void | Promise<void>;
}
