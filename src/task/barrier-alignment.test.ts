import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlignmentMode, CheckpointBarrier } from '../base/elements.ts';
import { checkpointId } from '../base/ids.ts';
import { BarrierAlignment } from './barrier-alignment.ts';
import type { AlignmentAction } from './barrier-alignment.ts';

function barrier(id: number, alignment: AlignmentMode = 'exactly-once-aligned'): CheckpointBarrier {
  return { kind: 'barrier', checkpointId: checkpointId(id), timestampMs: 0, alignment, stateMode: 'full' };
}

function kinds(actions: readonly AlignmentAction[]): string[] {
  return actions.map((action) =>
    action.kind === 'abort' ? `abort ${action.checkpointId} ${action.reason}` : action.kind,
  );
}

function alignment(channelCount: number): BarrierAlignment {
  return new BarrierAlignment({ channelCount, skipAlignment: false });
}

describe('BarrierAlignment', () => {
  it('blocks each channel at its barrier and takes the snapshot at the last one', () => {
    const handler = alignment(3);
    expect(kinds(handler.onBarrier(1, barrier(1)))).toEqual(['block']);
    expect(kinds(handler.onBarrier(0, barrier(1)))).toEqual(['block']);
    expect(handler.collectingId).toBe(1);
    expect(kinds(handler.onBarrier(2, barrier(1)))).toEqual(['block', 'snapshot', 'unblock-all']);
    expect(handler.collectingId).toBe(0);
  });

  it('blocks nothing under at-least-once, but waits for all barriers', () => {
    const handler = alignment(2);
    expect(handler.onBarrier(0, barrier(1, 'at-least-once'))).toEqual([]);
    expect(kinds(handler.onBarrier(1, barrier(1, 'at-least-once')))).toEqual(['snapshot', 'unblock-all']);
  });

  it('counts the end of a channel as its barrier', () => {
    const handler = alignment(2);
    handler.onBarrier(0, barrier(4));
    expect(kinds(handler.onEndOfInput(1))).toEqual(['snapshot', 'unblock-all']);
    expect(kinds(handler.onBarrier(0, barrier(5)))).toEqual(['block', 'snapshot', 'unblock-all']);
  });

  it('gives an unfinished checkpoint up when a later barrier comes', () => {
    const handler = alignment(2);
    handler.onBarrier(0, barrier(1));
    expect(kinds(handler.onBarrier(1, barrier(2)))).toEqual(['unblock-all', 'abort 1 subsumed', 'block']);
    expect(kinds(handler.onBarrier(0, barrier(2)))).toEqual(['block', 'snapshot', 'unblock-all']);
  });

  it('passes a cancel marker on once and ignores barriers that come after it', () => {
    const handler = alignment(2);
    handler.onBarrier(0, barrier(3));
    expect(kinds(handler.onCancel(3))).toEqual(['unblock-all', 'abort 3 canceled-by-marker']);
    expect(handler.onCancel(3)).toEqual([]);
    expect(handler.onBarrier(1, barrier(3))).toEqual([]);
  });

  it('unblocks on the abort notification of the coordinator without sending anything', () => {
    const handler = alignment(2);
    handler.onBarrier(0, barrier(3));
    expect(kinds(handler.onAbortNotification(3))).toEqual(['unblock-all']);
    expect(handler.onBarrier(1, barrier(3))).toEqual([]);
    expect(handler.onAbortNotification(3)).toEqual([]);
  });

  it('takes a direct trigger once', () => {
    const handler = alignment(1);
    handler.onEndOfInput(0);
    expect(handler.isEnded).toBe(true);
    expect(handler.acceptTrigger(7)).toBe(true);
    expect(handler.acceptTrigger(7)).toBe(false);
    expect(handler.acceptTrigger(6)).toBe(false);
  });

  it('keeps collecting a checkpoint when a later one is aborted, and ignores the later one', () => {
    const handler = alignment(2);
    handler.onBarrier(0, barrier(4));
    expect(handler.onAbortNotification(5)).toEqual([]);
    expect(kinds(handler.onBarrier(1, barrier(4)))).toEqual(['block', 'snapshot', 'unblock-all']);
    expect(handler.onBarrier(0, barrier(5))).toEqual([]);
    expect(handler.onBarrier(1, barrier(5))).toEqual([]);
    expect(kinds(handler.onBarrier(0, barrier(6)))).toEqual(['block']);
  });

  it('gives up what it collects, aloud, when the marker of a later checkpoint comes', () => {
    const handler = alignment(2);
    handler.onBarrier(0, barrier(4, 'at-least-once'));
    expect(kinds(handler.onCancel(5))).toEqual(['unblock-all', 'abort 4 subsumed', 'abort 5 canceled-by-marker']);
    expect(handler.onBarrier(1, barrier(4, 'at-least-once'))).toEqual([]);
  });

  it('in every order of two barriers on two channels and any abort notifications takes what was not aborted', () => {
    let sequences = 0;
    for (const aborted of [[], [1], [2], [1, 2], [2, 1]]) {
      for (const order of interleavings([2, 2, aborted.length])) {
        sequences++;
        const outcome = play(order, aborted);
        const label = `aborted ${aborted.join()} in order ${order.join()}`;
        for (const id of [1, 2]) {
          const wasTaken = outcome.snapshots.filter((taken) => taken === id).length;
          expect(wasTaken, `${label}: checkpoint ${id}`).toBe(outcome.abortedBeforeTaken.has(id) ? 0 : 1);
        }
        expect(outcome.blocked.size, label).toBe(0);
      }
    }
    expect(sequences).toBe(6 + 2 * 30 + 2 * 90);
  });

  it('under any interleaving snapshots each checkpoint once, in order, with no record from behind a barrier', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        (channelCount, checkpoints, picks) => {
          const handler = alignment(channelCount);
          const positions = Array.from({ length: channelCount }, () => 0);
          const blocked = new Set<number>();
          const snapshots: number[] = [];
          for (const pick of picks) {
            const open = positions.flatMap((position, index) =>
              position < checkpoints && !blocked.has(index) ? [index] : [],
            );
            if (open.length === 0) break;
            const channel = open[pick % open.length] ?? 0;
            const position = (positions[channel] ?? 0) + 1;
            positions[channel] = position;
            for (const action of handler.onBarrier(channel, barrier(position))) {
              if (action.kind === 'block') blocked.add(action.channelIndex);
              if (action.kind === 'unblock-all') blocked.clear();
              if (action.kind === 'snapshot') {
                snapshots.push(action.barrier.checkpointId);
                expect(positions).toEqual(positions.map(() => action.barrier.checkpointId));
              }
            }
          }
          expect(snapshots).toEqual(Array.from({ length: checkpoints }, (_, index) => index + 1));
        },
      ),
    );
  });
});

/** Every order in which the numbers 0, 1, ... can come when each comes so many times. */
function interleavings(counts: readonly number[]): readonly number[][] {
  if (counts.every((count) => count === 0)) return [[]];
  return counts.flatMap((count, index) =>
    count === 0 ? [] : interleavings(counts.with(index, count - 1)).map((rest) => [index, ...rest]),
  );
}

/** 0 and 1: the next barrier of that channel, 2: the next abort notification. A blocked channel's turn comes when it is free. */
function play(
  order: readonly number[],
  aborted: readonly number[],
): { snapshots: number[]; abortedBeforeTaken: Set<number>; blocked: Set<number> } {
  const handler = alignment(2);
  const next = [1, 1];
  const notifications = [...aborted];
  const snapshots: number[] = [];
  const abortedBeforeTaken = new Set<number>();
  const blocked = new Set<number>();
  const waiting = [...order];
  while (waiting.length > 0) {
    const place = waiting.findIndex((event) => !blocked.has(event));
    const [event = 0] = waiting.splice(place === -1 ? 0 : place, 1);
    const id = event === 2 ? (notifications.shift() ?? 0) : (next[event] ?? 0);
    if (event === 2 && !snapshots.includes(id)) abortedBeforeTaken.add(id);
    if (event !== 2) next[event] = id + 1;
    const actions = event === 2 ? handler.onAbortNotification(id) : handler.onBarrier(event, barrier(id));
    for (const action of actions) {
      if (action.kind === 'block') blocked.add(action.channelIndex);
      if (action.kind === 'unblock-all') blocked.clear();
      if (action.kind === 'snapshot') snapshots.push(action.barrier.checkpointId);
    }
  }
  return { snapshots, abortedBeforeTaken, blocked };
}
