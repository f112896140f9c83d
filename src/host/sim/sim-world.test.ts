import { describe, expect, it } from 'vitest';
import { SimProcess, SimWorld } from './sim-world.ts';
import { SimRandom } from './sim-random.ts';

function runUntilQuiet(world: SimWorld): void {
  for (;;) {
    if (world.runDue()) continue;
    const nextMs = world.nextDueMs;
    if (nextMs === undefined) return;
    world.advanceTo(nextMs);
  }
}

describe('SimWorld', () => {
  it('runs actions in order of time, equal times in order of planning', () => {
    const world = new SimWorld();
    const process = new SimProcess(world, 1000);
    const ran: string[] = [];
    process.timers.after(20, () => ran.push(`c at ${process.clock.nowMs()}`));
    process.timers.after(10, () => ran.push('a'));
    process.timers.after(10, () => ran.push('b'));
    process.timers.after(5, () => ran.push('canceled')).cancel();
    runUntilQuiet(world);
    expect(ran).toEqual(['a', 'b', 'c at 1020']);
  });

  it('holds the actions of a paused process back until it goes on, and drops those of a dead one', () => {
    const world = new SimWorld();
    const zombie = new SimProcess(world, 0);
    const other = new SimProcess(world, 0);
    const ran: string[] = [];
    zombie.timers.after(1, () => ran.push('zombie'));
    other.timers.after(2, () => ran.push('other'));
    zombie.pause();
    runUntilQuiet(world);
    expect(ran).toEqual(['other']);
    zombie.resume();
    runUntilQuiet(world);
    expect(ran).toEqual(['other', 'zombie']);
    other.timers.after(1, () => ran.push('dead'));
    other.kill();
    runUntilQuiet(world);
    expect(ran).toEqual(['other', 'zombie']);
  });
});

describe('SimRandom', () => {
  it('gives the same sequence for the same seed, spread over the range', () => {
    const draw = (seed: number): number[] => {
      const random = new SimRandom(seed);
      return Array.from({ length: 1000 }, () => random.nextInt(10));
    };
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
    const counts = Array.from({ length: 10 }, (_, value) => draw(7).filter((drawn) => drawn === value).length);
    for (const count of counts) expect(count).toBeGreaterThan(50);
  });
});
