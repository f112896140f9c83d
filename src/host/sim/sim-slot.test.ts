import { expect, it } from 'vitest';
import type { Slot } from '../../task/slot.ts';
import type { StepResult } from '../../task/subtask.ts';
import { SimRandom } from './sim-random.ts';
import { SimSlot } from './sim-slot.ts';
import { SimTrace } from './sim-trace.ts';
import { SimProcess, SimWorld } from './sim-world.ts';

interface Scripted {
  result: StepResult;
  nextWakeUpMs: number;
  isBusyInBackground: boolean;
}

/** Two subtasks that do what the test says. */
function slotOf(subtasks: readonly Scripted[]): { world: SimWorld; slot: SimSlot; broken: unknown[] } {
  const world = new SimWorld();
  const broken: unknown[] = [];
  const slot = new SimSlot({
    world,
    trace: new SimTrace(),
    random: new SimRandom(5),
    thread: new SimProcess(world, 0),
    name: 'p1.1.0',
    onBroken: (error) => broken.push(error),
  });
  // Only what a SimSlot calls.
  slot.serve({ subtasks, step: (index: number) => subtasks[index]?.result ?? 'done' } as unknown as Slot);
  return { world, slot, broken };
}

const idle = (): Scripted => ({ result: 'idle', nextWakeUpMs: Number.POSITIVE_INFINITY, isBusyInBackground: false });

function runUntilAsleep(slot: SimSlot): void {
  for (let rounds = 0; slot.isRunnable && rounds < 100; rounds++) slot.run();
  expect(slot.isRunnable).toBe(false);
}

it('a slot sleeps when no subtask has got anywhere, and is woken', () => {
  const subtasks = [idle(), idle()];
  const { slot } = slotOf(subtasks);
  runUntilAsleep(slot);
  slot.wakeUp();
  expect(slot.isRunnable).toBe(true);
});

it('a slot does not sleep while one of its subtasks gets on', () => {
  const subtasks: Scripted[] = [idle(), { ...idle(), result: 'progress' }];
  const { slot } = slotOf(subtasks);
  for (let rounds = 0; rounds < 50; rounds++) slot.run();
  expect(slot.isRunnable).toBe(true);
});

it('a slot wakes by the clock, and soon when it writes a snapshot', () => {
  const first = idle();
  const { world, slot } = slotOf([first, idle()]);
  first.nextWakeUpMs = 30;
  runUntilAsleep(slot);
  expect(world.nextDueMs).toBe(30);
  first.isBusyInBackground = true;
  slot.wakeUp();
  runUntilAsleep(slot);
  expect(world.nextDueMs).toBeLessThan(1);
});

it('a slot whose thread is dead or that was stopped runs no more', () => {
  const { slot } = slotOf([idle()]);
  slot.stop();
  expect(slot.isRunnable).toBe(false);
  const other = slotOf([idle()]).slot;
  other.thread.kill();
  other.wakeUp();
  expect(other.isRunnable).toBe(false);
});

it('an error that no subtask can be blamed for breaks the slot', () => {
  const { slot, broken } = slotOf([idle()]);
  slot.serve({
    subtasks: [idle()],
    step: () => {
      throw new Error('broken');
    },
  } as unknown as Slot);
  slot.run();
  expect(broken).toEqual([new Error('broken')]);
  expect(slot.isOver).toBe(true);
});
