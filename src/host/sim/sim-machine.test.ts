import { describe, expect, it } from 'vitest';
import { SimDisk } from './sim-disk.ts';
import { SimLocks } from './sim-locks.ts';
import { SimPort } from './sim-port.ts';
import { SimRandom } from './sim-random.ts';
import { SimStorage } from './sim-storage.ts';
import { SimTrace } from './sim-trace.ts';
import { SimProcess, SimWorld } from './sim-world.ts';

/** Settles what is due, one action after the other, with time to spare for promises. */
async function runUntilQuiet(world: SimWorld): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    if (world.runDue()) continue;
    const nextMs = world.nextDueMs;
    if (nextMs === undefined) return;
    world.advanceTo(nextMs);
  }
}

describe('a thread of a simulated process', () => {
  it('stops and dies with its process, and may die alone', () => {
    const world = new SimWorld();
    const process = new SimProcess(world, 1000);
    const [first, second] = [process.startThread(), process.startThread()];
    const ran: string[] = [];
    first.timers.after(1, () => ran.push('first'));
    second.timers.after(1, () => ran.push('second'));
    process.timers.after(1, () => ran.push('main'));
    expect(world.openTimers(process)).toBe(3);
    first.kill();
    process.pause();
    world.advanceTo(5);
    expect(world.runDue()).toBe(false);
    process.resume();
    while (world.runDue());
    expect(ran).toEqual(['second', 'main']);
    process.kill();
    expect(second.isDead).toBe(true);
    second.timers.after(1, () => ran.push('too late'));
    expect(world.nextDueMs).toBeUndefined();
  });

  it('has the clock of its process, jumps included', () => {
    const world = new SimWorld();
    const process = new SimProcess(world, 1000);
    const thread = process.startThread();
    process.jumpClock(-400);
    world.advanceTo(2.5);
    expect(thread.clock.nowMs()).toBe(602);
    expect(thread.clock.monotonicMs()).toBe(2.5);
  });
});

describe('SimPort', () => {
  it('delivers late and in order, also what its sender did not live to see', async () => {
    const world = new SimWorld();
    const receiver = new SimProcess(world, 0);
    const port = new SimPort(world, receiver, new SimRandom(1));
    const got: number[] = [];
    for (let message = 0; message < 50; message++) port.send(() => got.push(message));
    expect(got).toEqual([]);
    await runUntilQuiet(world);
    expect(got).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(world.nowMs).toBeGreaterThan(0);
  });
});

describe('SimLocks', () => {
  it('are held by a process that is stopped, and free once it is dead', () => {
    const world = new SimWorld();
    const disk = new SimDisk();
    disk.put('/lock', '');
    const locks = new SimLocks(disk);
    const [first, second] = [new SimProcess(world, 0), new SimProcess(world, 0)];
    expect(locks.of(first).tryLock('/lock')).toBeDefined();
    first.pause();
    expect(locks.of(second).tryLock('/lock')).toBeUndefined();
    first.kill();
    const held = locks.of(second).tryLock('/lock');
    expect(held).toBeDefined();
    expect(locks.of(second).tryLock('/lock')).toBeUndefined();
    held?.release();
    expect(locks.of(second).tryLock('/lock')).toBeDefined();
  });

  it('belong to the file, not to its name', async () => {
    const world = new SimWorld();
    const storage = new SimStorage({ world, random: new SimRandom(1), trace: new SimTrace(), onEffect: () => {} });
    const [first, second] = [new SimProcess(world, 0), new SimProcess(world, 0)];
    const locks = new SimLocks(storage.disk);
    expect(locks.of(first).tryLock('/lock')).toBeDefined();
    void storage.filesOf(second).remove('/lock');
    await runUntilQuiet(world);
    expect(locks.of(second).tryLock('/lock')).toBeDefined();
  });
});

describe('SimStorage', () => {
  function storageOf(seed: number): { world: SimWorld; storage: SimStorage; process: SimProcess; effects: string[] } {
    const world = new SimWorld();
    const effects: string[] = [];
    const storage = new SimStorage({
      world,
      random: new SimRandom(seed),
      trace: new SimTrace(),
      onEffect: (operation, path) => effects.push(`${operation} ${path}`),
    });
    return { world, storage, process: new SimProcess(world, 0), effects };
  }

  it('is full for a while: nothing new goes in, what is there can be read', async () => {
    const { world, storage, process } = storageOf(1);
    storage.disk.put('/a', 'there');
    storage.trouble = 'full';
    const files = storage.filesOf(process);
    const results = Promise.allSettled([files.readFile('/a'), files.makeDirectory('/b'), files.link('/a', '/c')]);
    await runUntilQuiet(world);
    const [read, made, linked] = await results;
    expect(read?.status).toBe('fulfilled');
    expect(made).toMatchObject({ status: 'rejected', reason: { code: 'ENOSPC' } });
    expect(linked).toMatchObject({ status: 'rejected', reason: { code: 'ENOSPC' } });
  });

  it('fails now and then, sometimes after the operation took effect', async () => {
    const { world, storage, process } = storageOf(1);
    storage.trouble = 'failing';
    const files = storage.filesOf(process);
    const names = Array.from({ length: 200 }, (_, index) => `/d${index}`);
    const results = Promise.allSettled(names.map((name) => files.makeDirectory(name)));
    await runUntilQuiet(world);
    const failed = names.filter((_, index) => storage.disk.find(names[index] ?? '') === undefined);
    const rejected = (await results).filter(({ status }) => status === 'rejected');
    expect(failed.length).toBeGreaterThan(10);
    expect(rejected.length).toBeGreaterThan(failed.length);
    expect(rejected.length).toBeLessThan(100);
  });

  it('does nothing more for a thread that has died', async () => {
    const { world, storage, process, effects } = storageOf(3);
    const thread = process.startThread();
    void storage.filesOf(thread).makeDirectory('/never');
    thread.kill();
    void storage.filesOf(process).makeDirectory('/done');
    await runUntilQuiet(world);
    expect(effects).toEqual(['makeDirectory /done']);
  });
});

describe('SimTrace', () => {
  it('tells different courses apart, whatever differs', () => {
    const hash = (...notes: readonly (readonly (string | number)[])[]): string => {
      const trace = new SimTrace();
      for (const parts of notes) trace.note(...parts);
      return trace.hash;
    };
    const hashes = [
      hash(['a', 1]),
      hash(['a', 2]),
      hash(['a'], [1]),
      hash(['b', 1]),
      hash(['a', 1], ['a', 1]),
      hash(['a', 1 + Number.EPSILON]),
    ];
    // How parts are grouped into notes says nothing.
    expect(new Set(hashes).size).toBe(hashes.length - 1);
    expect(hash(['a', 1])).toBe(hashes[0]);
    expect(hashes[0]).toMatch(/^[0-9a-f]{16}$/);
  });
});
