/** Control elements as bytes of a frame (frame.ts). */
import { must } from '../base/assert.ts';
import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import { END_OF_INPUT } from '../base/elements.ts';
import type { AlignmentMode, CheckpointBarrier, ControlElement } from '../base/elements.ts';
import { MillraceError } from '../base/errors.ts';
import { checkpointId } from '../base/ids.ts';
import { Control } from './frame.ts';

/** By their numbers in a frame. */
const ALIGNMENT_MODES: readonly AlignmentMode[] = ['exactly-once-aligned', 'at-least-once', 'unaligned'];
const STATE_MODES: readonly CheckpointBarrier['stateMode'][] = ['full', 'incremental'];

export function writeControl(writer: ByteWriter, element: ControlElement): void {
  switch (element.kind) {
    case 'barrier':
      writer.u8(Control.BARRIER);
      writer.f64(element.checkpointId);
      writer.f64(element.timestampMs);
      writer.u8(ALIGNMENT_MODES.indexOf(element.alignment));
      return writer.u8(STATE_MODES.indexOf(element.stateMode));
    case 'cancel-checkpoint':
      writer.u8(Control.CANCEL_CHECKPOINT);
      return writer.f64(element.checkpointId);
    case 'watermark':
      writer.u8(Control.WATERMARK);
      return writer.f64(element.timestampMs);
    case 'status':
      return writer.u8(element.isIdle ? Control.IDLE : Control.ACTIVE);
    case 'end-of-input':
      return writer.u8(Control.END_OF_INPUT);
  }
}

/** @param kind the element's first byte, already read */
export function readControl(reader: ByteReader, kind: number): ControlElement {
  switch (kind) {
    case Control.BARRIER:
      return {
        kind: 'barrier',
        checkpointId: checkpointId(reader.f64()),
        timestampMs: reader.f64(),
        alignment: must(ALIGNMENT_MODES[reader.u8()], 'alignment mode'),
        stateMode: must(STATE_MODES[reader.u8()], 'state mode'),
      };
    case Control.CANCEL_CHECKPOINT:
      return { kind: 'cancel-checkpoint', checkpointId: checkpointId(reader.f64()) };
    case Control.WATERMARK:
      return { kind: 'watermark', timestampMs: reader.f64() };
    case Control.ACTIVE:
    case Control.IDLE:
      return { kind: 'status', isIdle: kind === Control.IDLE };
    case Control.END_OF_INPUT:
      return END_OF_INPUT;
    default:
      throw new MillraceError('INVARIANT_VIOLATED', `Reading a ring failed: there is no kind of element ${kind}`);
  }
}
