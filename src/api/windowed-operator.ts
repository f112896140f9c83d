/** The operators that windows of a stream, or of two, become once their function is known. */
import type { KeySpec } from '../graph/stream-graph.ts';
import type { OutputTag } from '../operators/functions/output-tag.ts';
import type { CoGroupedFunction } from '../operators/join/co-grouped-window-function.ts';
import type { Window, WindowAssigner } from '../operators/window/window-assigner.ts';
import type { WindowFunction } from '../operators/window/window-function.ts';
import { windowOperator } from '../operators/window/window-operator.ts';
import { keyedEdges } from './stream-edges.ts';
import type { StreamEdges } from './stream-edges.ts';
import type { NodeAddition, StreamGraphBuilder } from './stream-graph-builder.ts';

export interface WindowedStreamParts<T, W extends Window> {
  readonly definition: StreamGraphBuilder;
  readonly inputs: StreamEdges;
  readonly key: KeySpec;
  readonly assigner: WindowAssigner<T, W>;
  readonly lateTag: OutputTag<T> | undefined;
}

export function windowedOperator<T, R, K, W extends Window>(
  { inputs, key, assigner, lateTag }: WindowedStreamParts<T, W>,
  fn: WindowFunction<T, R, K, W>,
): NodeAddition {
  const factory = windowOperator({ assigner, key, function: fn, allowedLatenessMs: 0, lateTag });
  return { name: nameOf(assigner), role: { kind: 'operator', factory }, inputs, keys: [key] };
}

export interface TwoSidedWindows<T1, T2> {
  readonly definition: StreamGraphBuilder;
  readonly inputs: StreamEdges;
  readonly keys: readonly [KeySpec, KeySpec];
  readonly assigner: WindowAssigner<T1 | T2, Window>;
}

export function twoSidedOperator<T1, T2, R>(
  { inputs, keys, assigner }: TwoSidedWindows<T1, T2>,
  process: CoGroupedFunction<R>,
): NodeAddition {
  const factory = windowOperator<T1 | T2, R, unknown, Window>({
    assigner,
    function: { kind: 'co-group', process },
    key: keys[0],
    secondKey: keys[1],
    allowedLatenessMs: 0,
  });
  return { name: nameOf(assigner), role: { kind: 'operator', factory }, inputs: keyedEdges(inputs, keys), keys };
}

/** Flink names the operator after the assigner's class. */
function nameOf(assigner: object): string {
  return assigner.constructor.name;
}
