/**
 * Operator ids: what state is matched by at restore. With a uid the id is Flink's, so that a checkpoint's operators can be named
 * and a job can move to Flink. Without one it follows from the operator's position and changes when the job is edited.
 */
import { operatorId } from '../base/ids.ts';
import type { OperatorId } from '../base/ids.ts';
import { murmur3Hex } from './murmur3-128.ts';

/** murmur3-128 of the uid, as Flink's StreamGraphHasherV2 computes it. */
export function operatorIdOfUid(uid: string): OperatorId {
  return operatorId(murmur3Hex(uid));
}

export interface OperatorPosition {
  /** Position in the definition. */
  readonly index: number;
  /** 'map', 'window', 'source', ... */
  readonly kind: string;
  readonly inputs: readonly OperatorId[];
}

/** A hash of the position. The form is ours: Flink's covers its own class names and cannot be met. */
export function operatorIdOfPosition(position: OperatorPosition): OperatorId {
  return operatorId(murmur3Hex(`position:${position.index}:${position.kind}:${position.inputs.join(',')}`));
}
