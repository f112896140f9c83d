/**
 * What flows through channels besides records.
 *
 * A barrier separates the records of one checkpoint from those of the next (Chandy-Lamport, as in Flink). `timestampMs` is the
 * coordinator's trigger time and travels with the barrier, so that a timeout counts for the whole job, not per hop.
 */
import type { CheckpointId } from './ids.ts';
import type { EventTimeMs } from './event-time.ts';

/** How channels are treated between the first and the last barrier. 'unaligned' is reserved: barriers overtake records. */
export type AlignmentMode = 'exactly-once-aligned' | 'at-least-once' | 'unaligned';

export interface CheckpointBarrier {
  readonly kind: 'barrier';
  readonly checkpointId: CheckpointId;
  /** Wall clock of the trigger, ms. */
  readonly timestampMs: number;
  readonly alignment: AlignmentMode;
  /** 'incremental': the backend may write only what changed since an earlier completed checkpoint. */
  readonly stateMode: 'full' | 'incremental';
}

/** Sent in place of a barrier by a subtask that gave the checkpoint up; receivers abort it and pass the marker on. */
export interface CancelCheckpoint {
  readonly kind: 'cancel-checkpoint';
  readonly checkpointId: CheckpointId;
}

export interface Watermark {
  readonly kind: 'watermark';
  readonly timestampMs: EventTimeMs;
}

/** An idle channel does not hold the watermark of its receiver back. */
export interface WatermarkStatus {
  readonly kind: 'status';
  readonly isIdle: boolean;
}

/** Nothing follows on this channel. */
export interface EndOfInput {
  readonly kind: 'end-of-input';
}

export type ControlElement = CheckpointBarrier | CancelCheckpoint | Watermark | WatermarkStatus | EndOfInput;

export const END_OF_INPUT: EndOfInput = { kind: 'end-of-input' };
/** Key group of a record that did not come through a keyed exchange. */
export const NO_KEY_GROUP = -1;

/** Receives what a channel holds, in order. Called synchronously from `ChannelReader.poll`. */
export interface ElementHandler {
  /** Returns false to stop the poll after this record (an output is full, or the round is over). */
  onRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean;
  /** The poll always stops after a control element. */
  onControl(element: ControlElement): void;
}
