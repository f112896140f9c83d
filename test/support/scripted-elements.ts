/**
 * Elements of a channel as short texts, so that a test reads as what flows: 'a' or 'a@5' a record (with its timestamp), 'W5' a watermark,
 * 'Wmax' the last one, 'B1' a barrier, 'C1' a cancel marker, 'IDLE', 'ACTIVE', 'END'.
 */
import type { ChannelReader, ChannelWriter } from '../../src/base/channel.ts';
import { END_OF_INPUT, NO_KEY_GROUP } from '../../src/base/elements.ts';
import type { AlignmentMode, CheckpointBarrier, ControlElement } from '../../src/base/elements.ts';
import { NO_TIMESTAMP, WATERMARK_MAX } from '../../src/base/event-time.ts';
import { checkpointId } from '../../src/base/ids.ts';

export function barrier(id: number, alignment: AlignmentMode = 'exactly-once-aligned'): CheckpointBarrier {
  return { kind: 'barrier', checkpointId: checkpointId(id), timestampMs: 0, alignment, stateMode: 'full' };
}

/** False when the channel has no room. */
export function offer(writer: ChannelWriter, text: string, alignment?: AlignmentMode): boolean {
  const control = controlOf(text, alignment);
  if (control !== undefined) return writer.offerControl(control);
  const [value, timestamp] = text.split('@');
  return writer.offerRecord(value, timestamp === undefined ? NO_TIMESTAMP : Number(timestamp), NO_KEY_GROUP);
}

/** Everything that is in the channel now. */
export function takeAll(reader: ChannelReader): string[] {
  const taken: string[] = [];
  const handler = {
    onRecord: (value: unknown, timestampMs: number): boolean => {
      taken.push(shownRecord(value, timestampMs));
      return true;
    },
    onControl: (element: ControlElement): void => void taken.push(shown(element)),
  };
  while (reader.poll(handler, 1000) > 0) continue;
  return taken;
}

export function shownRecord(value: unknown, timestampMs: number): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Number.isNaN(timestampMs) ? text : `${text}@${timestampMs}`;
}

export function shown(element: ControlElement): string {
  switch (element.kind) {
    case 'watermark':
      return element.timestampMs === WATERMARK_MAX ? 'Wmax' : `W${element.timestampMs}`;
    case 'barrier':
      return `B${element.checkpointId}`;
    case 'cancel-checkpoint':
      return `C${element.checkpointId}`;
    case 'status':
      return element.isIdle ? 'IDLE' : 'ACTIVE';
    case 'end-of-input':
      return 'END';
  }
}

function controlOf(text: string, alignment: AlignmentMode | undefined): ControlElement | undefined {
  if (text === 'END') return END_OF_INPUT;
  if (text === 'IDLE' || text === 'ACTIVE') return { kind: 'status', isIdle: text === 'IDLE' };
  if (text === 'Wmax') return { kind: 'watermark', timestampMs: WATERMARK_MAX };
  const [, kind, number] = /^([WBC])(-?\d+)$/.exec(text) ?? [];
  if (kind === 'W') return { kind: 'watermark', timestampMs: Number(number) };
  if (kind === 'B') return barrier(Number(number), alignment);
  if (kind === 'C') return { kind: 'cancel-checkpoint', checkpointId: checkpointId(Number(number)) };
  return undefined;
}
