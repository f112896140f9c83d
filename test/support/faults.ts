/** What can go wrong inside a user's function, once, while everything else goes well. */
import { closeSync, openSync, readdirSync } from 'node:fs';
import type { JobParameters } from '../../src/base/job-parameters.ts';

/**
 * throw      the function throws
 * hang       it never returns
 * exit       it ends its thread
 * uncaught   it leaves an error to the event loop
 * heap       it takes memory until there is none
 */
export type FaultKind = 'throw' | 'hang' | 'exit' | 'uncaught' | 'heap';

export interface FaultSettings {
  readonly kind: FaultKind;
  /** Not before the record of this index. */
  readonly atIndex: number;
  /** Not before the pointer log in this folder has an entry of this number: what is restored afterwards is then a checkpoint. */
  readonly pointers: string;
  readonly sequence: number;
  /** A file that is made by the fault: its second time does not come, in no thread and no process. */
  readonly marker: string;
}

export function faultParameters({ kind, atIndex, pointers, sequence, marker }: FaultSettings): Record<string, string> {
  return {
    'fault-kind': kind,
    'fault-at': String(atIndex),
    'fault-pointers': pointers,
    'fault-sequence': String(sequence),
    'fault-marker': marker,
  };
}

/** To be called with each record's index; does nothing without parameters. */
export function faultOf(parameters: JobParameters): (index: number) => void {
  const kind = parameters.get('fault-kind');
  if (kind === undefined) return () => {};
  const atIndex = parameters.number('fault-at', 0);
  const pointers = parameters.require('fault-pointers');
  const sequence = parameters.number('fault-sequence', 0);
  const marker = parameters.require('fault-marker');
  return (index) => {
    if (index < atIndex || highestSequence(pointers) < sequence || !isFirst(marker)) return;
    strike(kind);
  };
}

function highestSequence(pointers: string): number {
  const names = readdirSync(pointers).filter((name) => /^\d+$/.test(name));
  return Math.max(0, ...names.map(Number));
}

function isFirst(marker: string): boolean {
  try {
    closeSync(openSync(marker, 'wx'));
    return true;
  } catch {
    return false;
  }
}

function strike(kind: string): void {
  switch (kind) {
    case 'throw':
      throw new Error('this record is cursed');
    case 'hang':
      for (;;);
    case 'exit':
      process.exit(3);
      break;
    case 'uncaught':
      setImmediate(() => {
        throw new Error('nobody catches this');
      });
      return;
    case 'heap':
      for (const taken: string[][] = []; ;) taken.push(Array.from({ length: 1000 }, (_, index) => `${index}`));
    default:
      throw new Error(`There is no fault '${kind}'`);
  }
}
