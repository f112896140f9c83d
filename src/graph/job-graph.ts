/**
 * The stream graph after chaining: what is deployed. Pure data but for the functions inside the operators; `hash` covers all of
 * it that must be equal in every evaluation of the definition.
 */
import type { OperatorId } from '../base/ids.ts';
import type { KeySpec, NodeRole, Partitioner } from './stream-graph.ts';

export interface ChainedOperator {
  readonly operatorId: OperatorId;
  /** The uid, or a text that describes the position when the user gave none. */
  readonly uid: string;
  readonly hasUserUid: boolean;
  readonly name: string;
  readonly role: NodeRole;
  readonly keys: readonly (KeySpec | undefined)[];
  /** Operators of the same chain that take this one's results, with the side output they take (undefined: the main one). */
  readonly next: readonly { readonly chainIndex: number; readonly sideTag: string | undefined }[];
}

export interface JobVertex {
  /** Operator id of the chain's head. */
  readonly id: OperatorId;
  /** 'flights -> filter -> ...' */
  readonly name: string;
  readonly parallelism: number;
  readonly maxParallelism: number;
  /** True when the user set it: then state with another one is refused. */
  readonly hasExplicitMaxParallelism: boolean;
  /** Head first, in an order where each operator comes after what feeds it. */
  readonly chain: readonly ChainedOperator[];
  readonly inputs: readonly JobEdge[];
  readonly outputs: readonly JobEdge[];
}

/** An exchange between two vertices. */
export interface JobEdge {
  /** Position in JobGraph.edges. */
  readonly id: number;
  readonly sourceVertex: OperatorId;
  /** Which operator of the source's chain emits into it. */
  readonly sourceChainIndex: number;
  readonly sideTag: string | undefined;
  readonly targetVertex: OperatorId;
  /** Input of the target's head operator. */
  readonly inputIndex: number;
  readonly partitioner: Partitioner;
}

export interface JobGraph {
  readonly jobName: string;
  /** In topological order. */
  readonly vertices: readonly JobVertex[];
  readonly edges: readonly JobEdge[];
  readonly configuration: ReadonlyMap<string, string>;
  /** 32 hex digits. Equal in all evaluations, else JOB_DEFINITION_NOT_DETERMINISTIC. Never compared with a checkpoint. */
  readonly hash: string;
}
