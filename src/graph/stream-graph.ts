/**
 * The job as its definition describes it: one node an API call, one edge an exchange or a forward connection. Built by api/ in
 * every slot and attempt; functions inside are live objects of that evaluation.
 */
import type { OperatorFactory } from '../base/operator.ts';
import type { Sink } from '../base/sink.ts';
import type { Source } from '../base/source.ts';
import type { WatermarkStrategy } from '../base/watermark-strategy.ts';

/** How records find their channel. 'hash' carries the key group with the record, so that it is hashed once. */
export type Partitioner =
  | { readonly kind: 'forward' }
  | { readonly kind: 'rebalance' }
  | { readonly kind: 'rescale' }
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'global' }
  | { readonly kind: 'hash'; readonly key: KeySpec };

/** keyBy(selector, { hash }): `hashId` names a hash of the user's own and is kept in checkpoints. */
export interface KeySpec {
  readonly selector: (value: unknown) => unknown;
  readonly hash: ((key: unknown) => number) | undefined;
  readonly hashId: string | undefined;
}

export type NodeRole =
  | { readonly kind: 'source'; readonly source: Source<unknown>; readonly watermarks: WatermarkStrategy<unknown> }
  | { readonly kind: 'operator'; readonly factory: OperatorFactory }
  | { readonly kind: 'sink'; readonly sink: Sink<unknown> };

export interface StreamNode {
  /** Position in the definition: 0, 1, 2, ... */
  readonly id: number;
  readonly name: string;
  readonly uid: string | undefined;
  /** Undefined: the job's. */
  readonly parallelism: number | undefined;
  readonly maxParallelism: number | undefined;
  readonly role: NodeRole;
  /** Set for operators on a keyed stream, one for each input. */
  readonly keys: readonly (KeySpec | undefined)[];
  readonly inputs: readonly StreamEdge[];
  readonly chaining: ChainingStrategy;
}

/** 'always': joins the chain before it where it can; 'head': starts a chain; 'never': is alone in its chain. Flink's strategies. */
export type ChainingStrategy = 'always' | 'head' | 'never';

export interface StreamEdge {
  readonly sourceId: number;
  /** 0 for the first input of the target. Several edges with the same index are a union. */
  readonly inputIndex: number;
  /** Undefined: forward when the parallelisms are equal, else rebalance, as in Flink. */
  readonly partitioner: Partitioner | undefined;
  /** Set when the edge carries a side output instead of the main one. */
  readonly sideTag: string | undefined;
}

export interface StreamGraph {
  readonly jobName: string;
  readonly nodes: readonly StreamNode[];
  /** env.enableCheckpointing and other settings made by the job itself: configuration keys and texts. */
  readonly configuration: ReadonlyMap<string, string>;
}

/** What a job module exports: `define` runs once for each slot and attempt. */
export interface JobDefinition {
  readonly name: string;
  build(context: JobBuildContext): StreamGraph;
}

export interface JobBuildContext {
  readonly parameters: ReadonlyMap<string, string>;
  /** Default parallelism, after command line and configuration. */
  readonly parallelism: number;
}
