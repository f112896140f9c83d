/** What goes wrong in a simulation, and when: drawn from the seed before it starts. */
import { must } from '../../base/assert.ts';
import type { SimFileOperation } from '../../host/sim/sim-files.ts';
import type { SimRandom } from '../../host/sim/sim-random.ts';
import type { StorageTrouble } from '../../host/sim/sim-storage.ts';

/**
 * subtask    a function of the job throws
 * thread     a slot's thread ends
 * process    SIGKILL, at a time or right after an operation of the disk
 * machine    the power goes: what was not synced may be lost
 * zombie     SIGSTOP; another process takes the job over; the first one wakes up later
 * storage    slow, full or failing for a while
 * clock      the wall clock jumps
 * suspend    SIGTERM, and another start
 * request    no fault, but one more thing in the way: somebody asks for a checkpoint
 */
export type FaultKind =
  | 'subtask'
  | 'thread'
  | 'process'
  | 'machine'
  | 'zombie'
  | 'storage'
  | 'clock'
  | 'suspend'
  | 'request';

export const FAULT_KINDS: readonly FaultKind[] = [
  'subtask',
  'thread',
  'process',
  'machine',
  'zombie',
  'storage',
  'clock',
  'suspend',
  'request',
];

/** What a crash leaves: everything that was written, what was synced, or that and a drawn part of the rest. */
export type CrashRemains = 'written' | 'synced' | 'drawn';

/** Right after so many operations of this kind, counted from the time of the fault on. */
export interface OperationTrigger {
  readonly operation: SimFileOperation;
  readonly count: number;
}

export type Fault =
  | { readonly kind: 'subtask'; readonly atMs: number; readonly afterRecords: number }
  | { readonly kind: 'thread'; readonly atMs: number; readonly slotIndex: number }
  | {
      readonly kind: 'crash';
      readonly atMs: number;
      readonly trigger: OperationTrigger | undefined;
      readonly remains: CrashRemains;
      readonly downMs: number;
    }
  | { readonly kind: 'zombie'; readonly atMs: number; readonly takeoverAfterMs: number; readonly wakeUpAfterMs: number }
  | {
      readonly kind: 'storage';
      readonly atMs: number;
      readonly trouble: Exclude<StorageTrouble, 'none'>;
      readonly forMs: number;
    }
  | { readonly kind: 'clock'; readonly atMs: number; readonly offsetMs: number }
  | { readonly kind: 'suspend'; readonly atMs: number }
  | { readonly kind: 'request'; readonly atMs: number };

export interface FaultPlan {
  readonly faults: readonly Fault[];
  /** Nothing goes wrong any more from here on: paused processes are awake, the disk is well. */
  readonly endsAtMs: number;
}

const FAULTS_MAX = 6;
/** Now and then everything goes wrong. */
const BAD_DAY_SHARE = 0.1;
const FAULTS_ON_BAD_DAY = 20;
const PERIOD_MS_MIN = 60;
const PERIOD_MS_MAX = 500;
/** Mostly far less. */
const CLOCK_JUMP_MS_MAX = 3_600_000;
const TRIGGERS: readonly SimFileOperation[] = [
  'link',
  'rename',
  'sync',
  'syncDirectory',
  'write',
  'remove',
  'makeDirectory',
];
const TROUBLES: readonly Exclude<StorageTrouble, 'none'>[] = ['slow', 'full', 'failing'];

export function drawFaultPlan(random: SimRandom, kinds: readonly FaultKind[]): FaultPlan {
  const endsAtMs = PERIOD_MS_MIN + random.next() * (PERIOD_MS_MAX - PERIOD_MS_MIN);
  const isBadDay = random.chance(BAD_DAY_SHARE);
  const count = kinds.length === 0 ? 0 : random.nextInt((isBadDay ? FAULTS_ON_BAD_DAY : FAULTS_MAX) + 1);
  const faults = Array.from({ length: count }, () => {
    const kind = pick(random, kinds);
    return drawFault(random, kind, random.next() * endsAtMs);
  });
  return { faults: faults.toSorted((a, b) => a.atMs - b.atMs), endsAtMs };
}

function drawFault(random: SimRandom, kind: FaultKind, atMs: number): Fault {
  switch (kind) {
    case 'subtask':
      return { kind, atMs, afterRecords: random.nextInt(60) };
    case 'thread':
      return { kind, atMs, slotIndex: random.nextInt(8) };
    case 'process':
      return { kind: 'crash', atMs, trigger: drawTrigger(random), remains: 'written', downMs: random.next() * 30 };
    case 'machine': {
      const remains = random.chance(0.5) ? 'synced' : 'drawn';
      return { kind: 'crash', atMs, trigger: drawTrigger(random), remains, downMs: random.next() * 30 };
    }
    case 'zombie':
      return { kind, atMs, takeoverAfterMs: random.next() * 20, wakeUpAfterMs: random.next() * 120 };
    case 'storage':
      return { kind, atMs, trouble: pick(random, TROUBLES), forMs: 2 + random.next() * 60 };
    case 'clock':
      return { kind, atMs, offsetMs: Math.round((random.next() * 2 - 1) ** 5 * CLOCK_JUMP_MS_MAX) };
    case 'suspend':
    case 'request':
      return { kind, atMs };
  }
}

function drawTrigger(random: SimRandom): OperationTrigger | undefined {
  if (random.chance(0.4)) return undefined;
  return { operation: pick(random, TRIGGERS), count: 1 + random.nextInt(8) };
}

export function pick<T>(random: SimRandom, values: readonly T[]): T {
  return must(values[random.nextInt(values.length)], 'value to draw');
}
