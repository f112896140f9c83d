import { describe, expect, it } from 'vitest';
import { SimRandom } from '../../host/sim/sim-random.ts';
import { SimProcess, SimWorld } from '../../host/sim/sim-world.ts';
import { withVirtualGlobals } from './global-overrides.ts';
import type { VirtualGlobals } from './global-overrides.ts';

function virtual(world: SimWorld): VirtualGlobals {
  const process = new SimProcess(world, 1_700_000_000_000);
  const random = new SimRandom(1);
  return {
    nowMs: () => process.clock.nowMs(),
    monotonicMs: () => process.clock.monotonicMs(),
    random: () => random.next(),
    after: (delayMs, action) => world.plan(process, delayMs, action),
  };
}

describe('virtual globals', () => {
  it('give the time and the chance of the simulation', async () => {
    const world = new SimWorld();
    const globals = virtual(world);
    world.advanceTo(250.5);
    await withVirtualGlobals(
      () => globals,
      async () => {
        await Promise.resolve();
        expect(Date.now()).toBe(1_700_000_000_250);
        expect(new Date().getTime()).toBe(1_700_000_000_250);
        expect(new Date(5).getTime()).toBe(5);
        expect(new Date()).toBeInstanceOf(Date);
        expect(Object.getPrototypeOf(new Date())).toBe(Date.prototype);
        expect(performance.now()).toBe(250.5);
        expect(process.hrtime.bigint()).toBe(250_500_000n);
        expect(process.hrtime([0, 250_000_000])).toEqual([0, 500_000]);
        expect(Math.random()).toBe(new SimRandom(1).next());
        expect(crypto.randomUUID()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      },
    );
  });

  it('run timers in virtual time', async () => {
    const world = new SimWorld();
    const globals = virtual(world);
    const ran: string[] = [];
    await withVirtualGlobals(
      () => globals,
      async () => {
        setTimeout((text: string) => ran.push(text), 50, 'timeout');
        clearTimeout(setTimeout(() => ran.push('cleared'), 10));
        setImmediate(() => ran.push('immediate'));
        const interval = setInterval(() => {
          ran.push('interval');
          if (ran.length === 3) clearInterval(interval);
        }, 20);
        for (let nextMs = world.nextDueMs; nextMs !== undefined; nextMs = world.nextDueMs) {
          world.advanceTo(Math.max(world.nowMs, nextMs));
          world.runDue();
        }
      },
    );
    expect(ran).toEqual(['immediate', 'interval', 'interval', 'timeout']);
    expect(world.nowMs).toBe(50);
  });

  it('refuse what leads out of the simulation', async () => {
    const globals = virtual(new SimWorld());
    await withVirtualGlobals(
      () => globals,
      async () => {
        expect(() => fetch('http://localhost/')).toThrow(/a simulated job reaches nothing outside/);
      },
    );
  });

  it('are nobody else’s, and are put back', async () => {
    const real = { Date, setTimeout, fetch };
    const globals = virtual(new SimWorld());
    const outside = Promise.withResolvers<void>();
    const others = outside.promise.then(() => Date.now());
    await withVirtualGlobals(
      () => globals,
      async () => {
        outside.resolve();
        await others;
      },
    );
    expect(await others).toBeGreaterThan(1_700_000_001_000);
    expect({ Date, setTimeout, fetch }).toEqual(real);
    expect(Object.hasOwn(performance, 'now')).toBe(false);
  });

  it('are the real ones where the driver itself runs', async () => {
    await withVirtualGlobals(
      () => undefined,
      async () => {
        expect(Date.now()).toBeGreaterThan(1_700_000_001_000);
        await new Promise((resolve) => setTimeout(resolve, 0));
      },
    );
  });
});
