import { expect, test } from 'vitest';
import { LivePanes } from './live-panes.ts';
import { SlidingEventTimeWindows } from './sliding-event-time-windows.ts';

const windows = SlidingEventTimeWindows.of(10, 5);
const NEVER = Number.NEGATIVE_INFINITY;

function panesOf(...timestampsMs: readonly number[]): LivePanes {
  const panes = new LivePanes(windows.slideMs);
  for (const timestampMs of timestampsMs) panes.add(windows.paneAt(timestampMs));
  return panes;
}

test('the first window with records is the earliest that holds the earliest pane', () => {
  expect(panesOf().nextWindowStartMs(NEVER)).toBeUndefined();
  expect(panesOf(7, 22, 3).nextWindowStartMs(NEVER)).toBe(-5);
});

test('windows follow each other while they share a pane, and those without records are left out', () => {
  const panes = panesOf(3, 4, 1002);
  const starts: number[] = [];
  for (let next = panes.nextWindowStartMs(NEVER); next !== undefined; next = panes.nextWindowStartMs(next)) {
    starts.push(next);
  }
  expect(starts).toEqual([-5, 0, 995, 1000]);
});

test('a pane that was forgotten can come again, for windows that have not fired', () => {
  const panes = panesOf(3);
  expect(panes.nextWindowStartMs(0)).toBeUndefined();
  panes.add(windows.paneAt(8));
  panes.add(windows.paneAt(3));
  expect(panes.nextWindowStartMs(0)).toBe(5);
});
