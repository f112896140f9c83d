/**
 * What user code finds on the global object during a simulation: clock, timers and chance of the simulated process that it runs
 * in. Only code that runs inside of a simulation sees them (AsyncLocalStorage follows it through promises); all other code of the
 * process, a test runner's for example, goes on with the real ones. What was imported by name (`node:timers/promises`,
 * `node:crypto`) is not replaced: a job that uses it does not replay, and the comparison of two runs says so.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { TimerHandle } from '../../base/environment.ts';
import { MillraceError } from '../../base/errors.ts';

/** Of the simulated process whose code runs now. */
export interface VirtualGlobals {
  nowMs(): number;
  monotonicMs(): number;
  /** Uniform in [0, 1). */
  random(): number;
  after(delayMs: number, action: () => void): TimerHandle;
}

type Current = () => VirtualGlobals | undefined;

const storage = new AsyncLocalStorage<Current>();
let restore: (() => void) | undefined;
let users = 0;

/** Runs `action`; inside of it globals are those of `current()`, and the real ones where that is undefined. */
export async function withVirtualGlobals<T>(current: Current, action: () => Promise<T>): Promise<T> {
  if (users++ === 0) restore = install();
  try {
    return await storage.run(current, action);
  } finally {
    if (--users === 0) restore?.();
  }
}

function active(): VirtualGlobals | undefined {
  return storage.getStore()?.();
}

function install(): () => void {
  const restores = [
    overrideDate(),
    override(Math, 'random', (real) => () => active()?.random() ?? real.call(Math)),
    override(performance, 'now', (real) => () => active()?.monotonicMs() ?? real.call(performance)),
    override(process, 'hrtime', (real) => virtualHrtime(real)),
    override(crypto, 'randomUUID', (real) => () => {
      const globals = active();
      return globals === undefined ? real.call(crypto) : drawUuid(globals);
    }),
    override(globalThis, 'fetch', (real) => (...args: Parameters<typeof fetch>) => {
      refuse('fetch');
      return real(...args);
    }),
    ...overrideTimers(),
  ];
  return () => {
    for (const restoreOne of restores.toReversed()) restoreOne();
  };
}

/** Sets an own property and gives what puts it back as it was. */
function override<T extends object, K extends keyof T>(target: T, name: K, make: (real: T[K]) => unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  const value = make(target[name]);
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: before?.enumerable ?? false,
  });
  return () => {
    if (before === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, before);
  };
}

/** The same class to everybody (prototype and instanceof included), but for what asks for the time. */
function overrideDate(): () => void {
  return override(globalThis, 'Date', (real) => {
    const now = (): number => active()?.nowMs() ?? real.now();
    return new Proxy(real, {
      construct: (target, args: readonly unknown[], newTarget: unknown) => {
        const constructed = newTarget === globalThis.Date ? target : newTarget;
        const made: unknown = Reflect.construct(target, args.length === 0 ? [now()] : args, constructed as Function);
        return made as Date; // Reflect.construct of Date makes one.
      },
      apply: () => new real(now()).toString(),
      get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
    });
  });
}

function virtualHrtime(real: typeof process.hrtime): typeof process.hrtime {
  const nanoseconds = (): bigint | undefined => {
    const globals = active();
    return globals === undefined ? undefined : BigInt(Math.round(globals.monotonicMs() * 1e6));
  };
  const hrtime = (since: [number, number] = [0, 0]): [number, number] => {
    const now = nanoseconds();
    if (now === undefined) return real(since);
    const elapsed = now - (BigInt(since[0]) * 1_000_000_000n + BigInt(since[1]));
    return [Number(elapsed / 1_000_000_000n), Number(elapsed % 1_000_000_000n)];
  };
  return Object.assign(hrtime, { bigint: () => nanoseconds() ?? real.bigint() });
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

/** Handles that clearTimeout knows, and whatever else users do with them. */
class VirtualTimer {
  handle: TimerHandle;

  constructor(handle: TimerHandle) {
    this.handle = handle;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.dispose](): void {
    this.handle.cancel();
  }
}

function overrideTimers(): readonly (() => void)[] {
  const once =
    (real: AnyFunction, delayOf: (args: readonly unknown[]) => number, argsFrom: number) =>
    (action: AnyFunction, ...args: readonly unknown[]): unknown => {
      const globals = active();
      if (globals === undefined) return real(action, ...args);
      return new VirtualTimer(globals.after(delayOf(args), () => action(...args.slice(argsFrom))));
    };
  const clear =
    (real: AnyFunction) =>
    (timer: unknown): unknown =>
      timer instanceof VirtualTimer ? timer.handle.cancel() : real(timer);
  const delayMs = (args: readonly unknown[]): number => Math.max(1, Number(args[0] ?? 0) || 0);
  return [
    override(globalThis, 'setTimeout', (real) => once(real as AnyFunction, delayMs, 1)),
    override(globalThis, 'setImmediate', (real) => once(real as AnyFunction, () => 0, 0)),
    override(globalThis, 'setInterval', (real) => virtualInterval(real as AnyFunction, delayMs)),
    override(globalThis, 'clearTimeout', (real) => clear(real as AnyFunction)),
    override(globalThis, 'clearInterval', (real) => clear(real as AnyFunction)),
    override(globalThis, 'clearImmediate', (real) => clear(real as AnyFunction)),
  ];
}

function virtualInterval(real: AnyFunction, delayOf: (args: readonly unknown[]) => number): AnyFunction {
  return (...all) => {
    const globals = active();
    const [action, ...args] = all as readonly [AnyFunction, ...unknown[]]; // as setInterval is called
    if (globals === undefined) return real(action, ...args);
    const tick = (): void => {
      timer.handle = globals.after(delayOf(args), tick);
      action(...args.slice(1));
    };
    const timer = new VirtualTimer(globals.after(delayOf(args), tick));
    return timer;
  };
}

function drawUuid(globals: VirtualGlobals): string {
  const digit = (): string => Math.floor(globals.random() * 16).toString(16);
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', digit);
}

function refuse(what: string): void {
  if (active() === undefined) return;
  throw new MillraceError(
    'USER_FUNCTION_FAILED',
    `Calling '${what}' failed: a simulated job reaches nothing outside of its simulation`,
  );
}
