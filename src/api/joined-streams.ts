/**
 * The steps of a window join and of a coGroup, as in Flink: where, equalTo, window. Each class offers the next step alone, so that
 * none can be left out.
 */
import type { KeySpec } from '../graph/stream-graph.ts';
import type { Window, WindowAssigner } from '../operators/window/window-assigner.ts';
import { keySpec } from './key-spec.ts';
import type { KeyOptions, KeyType } from './key-spec.ts';
import type { StreamEdges } from './stream-edges.ts';
import type { StreamGraphBuilder } from './stream-graph-builder.ts';
import type { TwoSidedWindows } from './windowed-operator.ts';

/** Two streams whose values meet in windows. `Windowed` is what the last step gives: where the function is applied. */
export class JoinedStreams<T1, T2, Windowed> {
  readonly #definition: StreamGraphBuilder;
  readonly #inputs: StreamEdges;
  readonly #windowed: (windows: TwoSidedWindows<T1, T2>) => Windowed;

  /** Made by streams only. */
  constructor(
    definition: StreamGraphBuilder,
    inputs: StreamEdges,
    windowed: (windows: TwoSidedWindows<T1, T2>) => Windowed,
  ) {
    this.#definition = definition;
    this.#inputs = inputs;
    this.#windowed = windowed;
  }

  /** The key of the first stream's values. `options` count for both streams. */
  where<K extends KeyType>(selector: (value: T1) => K, options?: KeyOptions<K>): JoinWhere<T1, T2, K, Windowed> {
    return new JoinWhere(
      (selector2: (value: T2) => K) => [keySpec(selector, options), keySpec(selector2, options)],
      (keys, assigner) => this.#windowed({ definition: this.#definition, inputs: this.#inputs, keys, assigner }),
    );
  }
}

type Keys = readonly [KeySpec, KeySpec];

type Last<T1, T2, Windowed> = (keys: Keys, assigner: WindowAssigner<T1 | T2, Window>) => Windowed;

export class JoinWhere<T1, T2, K, Windowed> {
  readonly #keys: (selector2: (value: T2) => K) => Keys;
  readonly #last: Last<T1, T2, Windowed>;

  constructor(keys: (selector2: (value: T2) => K) => Keys, last: Last<T1, T2, Windowed>) {
    this.#keys = keys;
    this.#last = last;
  }

  /** The key of the second stream's values: of the same type, compared by value. */
  equalTo(selector: (value: T2) => K): JoinEqualTo<T1, T2, Windowed> {
    return new JoinEqualTo(this.#keys(selector), this.#last);
  }
}

export class JoinEqualTo<T1, T2, Windowed> {
  readonly #keys: Keys;
  readonly #last: Last<T1, T2, Windowed>;

  constructor(keys: Keys, last: Last<T1, T2, Windowed>) {
    this.#keys = keys;
    this.#last = last;
  }

  /** Values of both streams are in the same window when their times are. */
  window<W extends Window>(assigner: WindowAssigner<T1 | T2, W>): Windowed {
    return this.#last(this.#keys, assigner);
  }
}
