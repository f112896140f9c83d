import type { Collector } from './collector.ts';
import type { ProcessContext } from './process-function.ts';
import type { RichFunction } from './rich-function.ts';
import type { RuntimeContext } from './runtime-context.ts';

/**
 * A function on two connected streams without keys that sees timestamps and watermarks and has side outputs. State and timers need a
 * key: see KeyedCoProcessFunction.
 */
export abstract class CoProcessFunction<In1, In2, Out> implements RichFunction<Out> {
  /** Only a type: write `ctx: this['Context']`. */
  declare readonly Context: ProcessContext;
  /** Only a type: a function that wants more of its values than the streams carry does not compile. */
  declare readonly Inputs: (value1: In1, value2: In2) => void;

  /** Emitted values get the record's timestamp. The watermark is the lower one of both inputs. */
  abstract processElement1(value: In1, ctx: this['Context'], out: Collector<Out>): void;
  abstract processElement2(value: In2, ctx: this['Context'], out: Collector<Out>): void;
  open?(ctx: RuntimeContext): void | Promise<void>;
  /** Both inputs have ended. */
  finish?(out: Collector<Out>): void;
  close?(): void | Promise<void>;
}
