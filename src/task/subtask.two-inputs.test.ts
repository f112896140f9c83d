import { describe, expect, it } from 'vitest';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import type { FakeOperatorOptions } from '../../test/support/fake-operator.ts';
import { SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import type { SubtaskSetup } from '../../test/support/subtask-fixture.ts';
import { checkpointId } from '../base/ids.ts';

/** Channels 0 and 1 belong to the first input, 2 to the second, if not said otherwise. */
async function joining(
  options: Partial<FakeOperatorOptions> = {},
  setup: Partial<SubtaskSetup> = {},
): Promise<SubtaskFixture> {
  const log: string[] = [];
  const operator = new FakeOperator({ name: 'join', log, marksInputs: true, ...options });
  return SubtaskFixture.running({ chain: [{ name: 'join', operator }], inputOfChannel: [0, 0, 1], log, ...setup });
}

describe('a subtask with two inputs', () => {
  it('gives each record to the input that its channel belongs to', async () => {
    const fixture = await joining();
    fixture.send(0, 'a@1');
    fixture.send(2, 'b@2');
    fixture.send(1, 'c@3');
    fixture.stepAll();
    expect(fixture.received().toSorted()).toEqual(['2 b@2', 'a@1', 'c@3']);
  });

  it('aligns barriers over the channels of both', async () => {
    const fixture = await joining();
    fixture.send(0, 'a1', 'B1', 'a2');
    fixture.send(1, 'B1');
    fixture.send(2, 'b1');
    await fixture.settle();
    expect(fixture.received().toSorted()).toEqual(['2 b1', 'a1']);
    fixture.send(2, 'b2', 'B1', 'b3');
    await fixture.settle();
    expect(fixture.received()).toEqual(['2 b2', 'B1', 'a2', '2 b3']);
    expect(fixture.master.heard).toEqual(['running', 'ack 1']);
  });

  it('has the lower watermark of both, and is idle when both are', async () => {
    const fixture = await joining();
    fixture.send(0, 'W9');
    fixture.send(1, 'W5');
    fixture.stepAll();
    expect(fixture.received()).toEqual([]);
    fixture.send(2, 'W3', 'W7', 'IDLE');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['W3', 'W5']);
    fixture.send(0, 'IDLE');
    fixture.send(1, 'IDLE');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['W9', 'IDLE']);
    fixture.send(2, 'ACTIVE');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['ACTIVE']);
  });

  it('is held back by an input that becomes active far behind', async () => {
    const fixture = await joining();
    fixture.send(2, 'W1', 'IDLE');
    fixture.send(0, 'W20');
    fixture.send(1, 'W20');
    fixture.stepAll();
    fixture.send(2, 'ACTIVE', 'W10');
    fixture.stepAll();
    fixture.send(0, 'W30');
    fixture.send(1, 'W30');
    fixture.stepAll();
    fixture.send(2, 'W25');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['W1', 'W20', 'W25']);
  });

  it('is not held back by it when the operator takes both as a union', async () => {
    const fixture = await joining({ unitesInputs: true });
    fixture.send(2, 'W1', 'IDLE');
    fixture.send(0, 'W20');
    fixture.send(1, 'W20');
    fixture.stepAll();
    fixture.send(2, 'ACTIVE', 'W10');
    fixture.stepAll();
    fixture.send(0, 'W30');
    fixture.send(1, 'W30');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['W1', 'W20', 'W30']);
  });

  it('passes two watermarks of one element on one after the other, with all that each makes due', async () => {
    const fixture = await joining(
      { firings: 40 },
      { configuration: { stepLimits: { firings: 7, snapshotEntries: 10 } } },
    );
    fixture.send(0, 'W5');
    fixture.send(1, 'W8', 'IDLE');
    fixture.send(2, 'W10');
    fixture.stepAll();
    fixture.received();
    fixture.send(0, 'IDLE');
    fixture.subtask.step();
    fixture.send(2, 'x');
    fixture.stepAll();
    const received = fixture.received();
    expect(received.filter((element) => !element.startsWith('join'))).toEqual(['W8', 'W10', '2 x']);
    expect(received.slice(0, 41)).toEqual([...Array.from({ length: 40 }, () => 'join 8'), 'W8']);
  });

  it('ends with the last channel of both, and fires what is left then', async () => {
    const fixture = await joining({ firings: 1 });
    fixture.send(2, 'W4', 'Wmax', 'END');
    fixture.send(0, 'W6', 'Wmax', 'END');
    await fixture.settle();
    expect(fixture.received()).toEqual([]);
    fixture.send(1, 'W7', 'a', 'Wmax', 'END');
    await fixture.settle();
    expect(fixture.received()).toEqual(['join 7', 'W7', 'a', 'join Infinity', 'Wmax', 'END']);
    expect(fixture.master.heard).toContain('end-of-data');
  });

  it('takes its part of a checkpoint when one input has ended and the barrier has come on the other', async () => {
    const fixture = await joining();
    fixture.send(0, 'Wmax', 'END');
    fixture.send(1, 'Wmax', 'END');
    fixture.send(2, 'b', 'B1', 'c');
    await fixture.settle();
    expect(fixture.received()).toEqual(['2 b', 'B1', '2 c']);
    expect(fixture.master.heard).toEqual(['running', 'ack 1']);
  });
});

describe('a subtask with two inputs that is restored when one of them had ended', () => {
  it('goes on with the other one alone', async () => {
    const fixture = await joining(
      { firings: 1 },
      {
        restoredCheckpoint: 1,
        restore: {
          isFinished: false,
          operators: [],
          checkpointId: checkpointId(1),
        },
      },
    );
    // What the subtasks of the ended input send, which were restored as finished.
    fixture.send(0, 'Wmax', 'END');
    fixture.send(1, 'Wmax', 'END');
    fixture.send(2, 'b', 'W8', 'B2', 'c');
    await fixture.settle();
    expect(fixture.received()).toEqual(['2 b', 'join 8', 'W8', 'B2', '2 c']);
    fixture.send(2, 'Wmax', 'END');
    await fixture.settle();
    expect(fixture.received()).toEqual(['join Infinity', 'Wmax', 'END']);
  });
});
