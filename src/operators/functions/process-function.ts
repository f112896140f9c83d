import type { EventTimeMs } from '../../base/event-time.ts';
import type { Collector } from './collector.ts';
import type { OutputTag } from './output-tag.ts';
import type { RichFunction } from './rich-function.ts';
import type { RuntimeContext } from './runtime-context.ts';
import type { TimeService } from './timer-service.ts';

/** Valid during the call it was given to. */
export interface ProcessContext {
  /** The record's event time, null when it has none. */
  timestamp(): EventTimeMs | null;
  readonly timerService: TimeService;
  /** Emits to a side output, with the timestamp of the main one. */
  output<T>(tag: OutputTag<T>, value: T): void;
}

/**
 * A function on a stream without keys that sees timestamps and watermarks and has side outputs. State and timers need a key:
 * see KeyedProcessFunction.
 */
export abstract class ProcessFunction<In, Out> implements RichFunction<Out> {
  /** Only a type: write `ctx: this['Context']`. */
  declare readonly Context: ProcessContext;
  /** Only a type: a function that wants more of its values than the stream carries does not compile. */
  declare readonly Input: (value: In) => void;

  /** Emitted values get the record's timestamp. */
  abstract processElement(value: In, ctx: this['Context'], out: Collector<Out>): void;
  open?(ctx: RuntimeContext): void | Promise<void>;
  finish?(out: Collector<Out>): void;
  close?(): void | Promise<void>;
}
