import { assert } from './assert.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** 32 hex digits; murmur3-128 of the uid, as Flink computes it. */
export type OperatorId = Brand<string, 'OperatorId'>;
/** 32 hex digits. */
export type JobId = Brand<string, 'JobId'>;
/** 1, 2, 3, ...; never used twice within a job id. */
export type CheckpointId = Brand<number, 'CheckpointId'>;

const HEX_32 = /^[0-9a-f]{32}$/;

export function operatorId(hex: string): OperatorId {
  assert(HEX_32.test(hex), () => `Operator id '${hex}' is not 32 hex digits`);
  return hex as OperatorId;
}

export function jobId(hex: string): JobId {
  assert(HEX_32.test(hex), () => `Job id '${hex}' is not 32 hex digits`);
  return hex as JobId;
}

export function checkpointId(n: number): CheckpointId {
  assert(Number.isSafeInteger(n) && n >= 1, () => `Checkpoint id ${n} is not a positive integer`);
  return n as CheckpointId;
}

/** One subtask of one job vertex: the address of messages between job master and slots. */
export interface SubtaskAddress {
  /** Operator id of the first operator of the chain. */
  readonly vertexId: OperatorId;
  readonly subtaskIndex: number;
}

export function subtaskKey(address: SubtaskAddress): string {
  return `${address.vertexId}#${address.subtaskIndex}`;
}
