/** Takes the results of a function. Only inside a call of the function: later is EMIT_OUTSIDE_CALL. */
export interface Collector<T> {
  /** The value belongs to the engine from here on and must not change any more. */
  collect(value: T): void;
}
