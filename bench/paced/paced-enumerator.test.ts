import { describe, expect, it } from 'vitest';
import { FakeEnumeratorContext } from '../../test/support/fake-enumerator-context.ts';
import { memoryEnvironment } from '../../test/support/memory-environment.ts';
import { PacedEnumerator } from './paced-enumerator.ts';
import type { PacedEnumeratorState } from './paced-enumerator.ts';
import type { PacedSplit } from './paced-split.ts';

class Fixture {
  readonly context = new FakeEnumeratorContext<PacedSplit>(memoryEnvironment(), 2);
  readonly enumerator: PacedEnumerator;

  constructor(restored?: PacedEnumeratorState) {
    this.enumerator = new PacedEnumerator(this.context, { fillCount: 10, eventCount: 50 }, restored);
    for (const subtask of [0, 1]) {
      this.context.register(subtask);
      this.enumerator.addReader(subtask);
    }
  }

  get assigned(): readonly string[] {
    return this.context.assigned.map(({ subtaskIndex, split }) => `${split.splitId} to ${subtaskIndex}`);
  }
}

describe('PacedEnumerator', () => {
  it('starts the clock of all when the last one has filled its part', () => {
    const fixture = new Fixture();
    const { enumerator, context } = fixture;
    expect(fixture.assigned).toEqual(['fill-0 to 0', 'fill-1 to 1']);
    enumerator.handleSplitRequest(1);
    expect(fixture.assigned).toHaveLength(2);
    expect(context.noMoreSplits).toEqual([]);
    enumerator.handleSplitRequest(0);
    const events = context.assigned.slice(2).map(({ split }) => split);
    expect(events.map(({ splitId }) => splitId)).toEqual(['event-0', 'event-1']);
    expect(events[0]?.startAtMs).toBeGreaterThan(0);
    expect(events[1]?.startAtMs).toBe(events[0]?.startAtMs);
    expect(context.noMoreSplits).toEqual([0, 1]);
  });

  it('keeps the clock after a restore', () => {
    const fixture = new Fixture({ startAtMs: 7, pending: [] });
    expect(fixture.assigned).toEqual([]);
    expect(fixture.context.noMoreSplits).toEqual([0, 1]);
    expect(fixture.enumerator.snapshotState()).toEqual({ startAtMs: 7, pending: [] });
  });
});
