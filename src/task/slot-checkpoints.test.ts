import { describe, expect, it } from 'vitest';
import { FakeDataFiles } from '../../test/support/fake-data-files.ts';
import { checkpointId } from '../base/ids.ts';
import { SlotCheckpoints } from './slot-checkpoints.ts';

const ONE = checkpointId(1);
const TWO = checkpointId(2);

function slotOf(...subtasks: readonly string[]): { slot: SlotCheckpoints; files: FakeDataFiles } {
  const files = new FakeDataFiles();
  const slot = new SlotCheckpoints(files);
  for (const subtask of subtasks) slot.join(subtask);
  return { slot, files };
}

describe('SlotCheckpoints', () => {
  it('opens one file a checkpoint, for as many parts as there are subtasks with keyed state', async () => {
    const { slot, files } = slotOf('a', 'b', 'c');
    const parts = [slot.openPart('b', ONE), slot.openPart('a', ONE), slot.openPart('c', ONE)];
    expect(files.calls).toEqual(['begin 1 of 3', 'part 1', 'part 1', 'part 1']);
    await Promise.all(parts.map((part) => part.complete()));
    expect(files.calls.slice(4)).toEqual(['done 1', 'done 1', 'done 1']);
  });

  it('has the part withdrawn of whoever finishes without having opened it', async () => {
    const { slot, files } = slotOf('a', 'b');
    const part = slot.openPart('a', ONE).complete();
    slot.leave('b');
    await part;
    expect(files.calls).toEqual(['begin 1 of 2', 'part 1', 'done 1', 'withdraw 1']);
  });

  it('leaves the part of whoever finishes after opening it to them', () => {
    const { slot, files } = slotOf('a', 'b');
    slot.openPart('a', ONE);
    slot.leave('a');
    expect(files.calls).toEqual(['begin 1 of 2', 'part 1']);
  });

  it('counts whoever has finished in no later file', () => {
    const { slot, files } = slotOf('a', 'b');
    slot.leave('b');
    slot.openPart('a', ONE);
    expect(files.calls[0]).toBe('begin 1 of 1');
  });

  it('keeps several checkpoints apart', () => {
    const { slot, files } = slotOf('a', 'b');
    slot.openPart('a', ONE);
    slot.openPart('a', TWO);
    slot.openPart('b', TWO);
    slot.leave('b');
    expect(files.calls).toEqual(['begin 1 of 2', 'part 1', 'begin 2 of 2', 'part 2', 'part 2', 'withdraw 1']);
  });

  it('refuses a part to whoever has none: a stranger, and the same one twice', () => {
    const { slot } = slotOf('a', 'b');
    slot.openPart('a', ONE);
    expect(() => slot.openPart('a', ONE)).toThrow('Subtask a has no part to write in checkpoint 1');
    slot.join('late');
    expect(() => slot.openPart('late', ONE)).toThrow('Subtask late has no part to write in checkpoint 1');
  });

  it('gives the file of an aborted checkpoint up, and lets nobody begin with it afterwards', () => {
    const { slot, files } = slotOf('a', 'b');
    slot.openPart('a', ONE);
    slot.aborted(ONE);
    slot.aborted(TWO);
    expect(files.calls).toEqual(['begin 1 of 2', 'part 1', 'abort 1']);
    expect([slot.isAborted(ONE), slot.isAborted(TWO)]).toEqual([true, true]);
    expect(() => slot.openPart('b', ONE)).toThrow('begins with aborted checkpoint 1');
    expect(() => slot.openPart('b', TWO)).toThrow('begins with aborted checkpoint 2');
    slot.leave('b');
    expect(files.calls.length).toBe(3);
  });

  it('forgets what a completed checkpoint leaves behind', () => {
    const { slot, files } = slotOf('a', 'b');
    slot.openPart('a', ONE);
    slot.openPart('a', TWO);
    slot.openPart('b', TWO);
    slot.completed(TWO);
    slot.leave('b');
    expect(files.calls.at(-1)).toBe('completed 2');
  });

  it('remembers no more aborted checkpoints than triggers can be on their way', () => {
    const { slot } = slotOf('a');
    for (let id = 1; id <= 100; id++) slot.aborted(checkpointId(id));
    expect(slot.isAborted(ONE)).toBe(false);
    expect(slot.isAborted(checkpointId(100))).toBe(true);
    slot.completed(checkpointId(200));
    expect(slot.isAborted(checkpointId(100))).toBe(false);
  });

  it('gives everything up when the attempt ends', async () => {
    const { slot, files } = slotOf('a', 'b');
    slot.openPart('a', ONE);
    await slot.close();
    slot.leave('b');
    expect(files.calls).toEqual(['begin 1 of 2', 'part 1', 'close']);
  });
});
