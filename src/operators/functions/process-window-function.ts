import type { Window } from '../window/window-assigner.ts';
import type { Collector } from './collector.ts';
import type { OutputTag } from './output-tag.ts';
import type { RichFunction } from './rich-function.ts';
import type { RuntimeContext } from './runtime-context.ts';
import type { TimeService } from './timer-service.ts';

/** Valid during the call it was given to. */
export interface ProcessWindowContext<W extends Window> extends TimeService {
  readonly window: W;
  /** Emits to a side output, with the timestamp of the main one. */
  output<T>(tag: OutputTag<T>, value: T): void;
}

/**
 * Turns a window that fires into results. After a reduce or aggregate `elements` holds its one result, else all elements of the
 * window in the order in which they arrived.
 *
 * States are declared as fields: `state` belongs to the key over all its windows, `windowState` to the key and window and is
 * cleared with the window.
 */
export abstract class ProcessWindowFunction<In, Out, K, W extends Window> implements RichFunction<Out> {
  /** Only a type: write `ctx: this['Context']`. */
  declare readonly Context: ProcessWindowContext<W>;
  /** Only a type: a function that wants more of its values than the stream carries does not compile. */
  declare readonly Input: (element: In, key: K) => void;

  /** Emitted values get the window's `maxTimestampMs` as timestamp. `elements` is valid during the call. */
  abstract process(key: K, ctx: this['Context'], elements: Iterable<In>, out: Collector<Out>): void;
  /** The window is being removed. Emits nothing. */
  clear?(ctx: this['Context']): void;
  open?(ctx: RuntimeContext): void | Promise<void>;
  finish?(out: Collector<Out>): void;
  close?(): void | Promise<void>;
}
