/**
 * What operators hold between their making and `setup`. The record path reads its fields without asking whether they are there;
 * these stand-ins fail in its place.
 */
import { assert } from '../base/assert.ts';
import type { Clock } from '../base/environment.ts';
import { MillraceError } from '../base/errors.ts';
import type { CallGate, Output } from '../base/operator.ts';

const MESSAGE = 'An operator is used before its setup';

export const OUTPUT_NOT_SET_UP: Output<unknown> = {
  collect: (): void => assert(false, MESSAGE),
  collectSide: (): void => assert(false, MESSAGE),
};

export const GATE_NOT_SET_UP: CallGate = {
  isOpen: false,
  refuse: (): void => assert(false, MESSAGE),
};

export const CLOCK_NOT_SET_UP: Clock = {
  nowMs: (): number => afterSetup<number>(undefined),
  monotonicMs: (): number => afterSetup<number>(undefined),
};

/** For fields that cannot have a stand-in. As cheap as a comparison: no message is made on the way. */
export function afterSetup<T>(field: T | undefined): T {
  if (field === undefined) throw new MillraceError('INVARIANT_VIOLATED', MESSAGE);
  return field;
}
