/** The kernel's locks of a simulated machine: held while the process lives, paused or not, and gone the moment it is dead. */
import type { HeldLock, JobLocks } from '../../checkpoint/job-locks.ts';
import type { SimDisk, SimFileNode } from './sim-disk.ts';
import type { SimProcess } from './sim-world.ts';

export class SimLocks {
  readonly #disk: SimDisk;
  /** By file, not by name: a lock on a removed file is still held. */
  readonly #holders = new Map<SimFileNode, SimProcess>();

  constructor(disk: SimDisk) {
    this.#disk = disk;
  }

  of(process: SimProcess): JobLocks {
    return { tryLock: (path) => this.#tryLock(process, path) };
  }

  #tryLock(process: SimProcess, path: string): HeldLock | undefined {
    // As SQLite does, which the real locks are made of: a file that somebody has removed is made anew.
    if (this.#disk.find(path) === undefined) this.#disk.put(path, '');
    const file = this.#disk.file(path);
    const holder = this.#holders.get(file);
    if (holder !== undefined && !holder.isDead) return undefined;
    this.#holders.set(file, process);
    return {
      release: () => {
        if (this.#holders.get(file) === process) this.#holders.delete(file);
      },
    };
  }
}
