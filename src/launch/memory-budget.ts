import { freemem, totalmem } from 'node:os';

/** Of what is available, when taskmanager.memory.process.size is not set; the rest is for the page cache and for others. */
const DEFAULT_SHARE = 0.75;

/** Memory of each slot in bytes. `process.availableMemory` knows the limit of a container, where there is one. */
export function slotMemoryBytes(processMemoryBytes: number | undefined, slots: number): number {
  return Math.floor((processMemoryBytes ?? availableBytes() * DEFAULT_SHARE) / slots);
}

function availableBytes(): number {
  const limit = process.constrainedMemory();
  const physical = limit > 0 && limit < totalmem() ? limit : totalmem();
  return Math.min(physical, Math.max(process.availableMemory(), freemem()));
}
