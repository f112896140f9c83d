/**
 * The storage of a simulated machine: one disk, and how it behaves at the moment. Every operation takes a drawn time; in times of
 * trouble it is slow, full, or fails now and then, also after it has taken effect.
 */
import { FileError } from '../../base/files.ts';
import { nodeChecksum } from '../node/node-compression.ts';
import { SimDisk } from './sim-disk.ts';
import { SimFiles } from './sim-files.ts';
import type { SimFileOperation } from './sim-files.ts';
import type { SimRandom } from './sim-random.ts';
import type { SimTrace } from './sim-trace.ts';
import type { SimProcess, SimWorld } from './sim-world.ts';

/** full: ENOSPC where space is needed. failing: EIO now and then, on any operation. */
export type StorageTrouble = 'none' | 'slow' | 'full' | 'failing';

export interface SimStorageOptions {
  readonly world: SimWorld;
  readonly random: SimRandom;
  readonly trace: SimTrace;
  /** Called after each operation that took effect, whoever did it. */
  readonly onEffect: (operation: SimFileOperation, path: string, process: SimProcess) => void;
}

const USUAL_DELAY_MS_MAX = 0.6;
const SLOW_DELAY_MS_MAX = 30;
const FAILING_SHARE = 0.15;
const NEEDS_SPACE: ReadonlySet<SimFileOperation> = new Set(['write', 'makeDirectory', 'link', 'rename']);
/** Operations of which an error does not say whether they happened. */
const MAY_FAIL_LATE: ReadonlySet<SimFileOperation> = new Set([
  'link',
  'rename',
  'makeDirectory',
  'remove',
  'syncDirectory',
]);

export class SimStorage {
  readonly disk: SimDisk;
  trouble: StorageTrouble = 'none';
  readonly #options: SimStorageOptions;

  constructor(options: SimStorageOptions) {
    this.#options = options;
    this.disk = new SimDisk(() => Math.floor(options.world.nowMs));
  }

  /** The files as a process or thread sees them; what it has not done when it dies never happens. */
  filesOf(process: SimProcess): SimFiles {
    const { trace, random, onEffect } = this.#options;
    const files = new SimFiles(
      {
        delay: (operation) => process.sleep(this.#delayMs(operation)),
        fault: (operation, path) => this.#fault(operation, path),
        lateFault: (operation, path) => this.#lateFault(operation, path),
        tornWrite: (lengthBytes) => random.nextInt(lengthBytes + 1),
        onEffect: (operation, path, bytes) => {
          trace.note('file', operation, path, bytes === undefined ? '' : nodeChecksum.crc32(bytes));
          onEffect(operation, path, process);
        },
      },
      this.disk,
    );
    process.onDeath(() => files.kill());
    return files;
  }

  #delayMs(operation: SimFileOperation): number {
    const { random } = this.#options;
    if (this.trouble === 'slow' && random.chance(0.3)) return random.next() * SLOW_DELAY_MS_MAX;
    // Most answers are at hand; syncs always take a while.
    if (operation !== 'sync' && operation !== 'syncDirectory' && random.chance(0.5)) return 0;
    return random.next() * USUAL_DELAY_MS_MAX;
  }

  #fault(operation: SimFileOperation, path: string): Error | undefined {
    switch (this.trouble) {
      case 'full':
        return NEEDS_SPACE.has(operation) ? this.#error('ENOSPC', operation, path) : undefined;
      case 'failing':
        return this.#options.random.chance(FAILING_SHARE) ? this.#error('EIO', operation, path) : undefined;
      case 'slow':
      case 'none':
        return undefined;
    }
  }

  #lateFault(operation: SimFileOperation, path: string): Error | undefined {
    const isDue =
      this.trouble === 'failing' && MAY_FAIL_LATE.has(operation) && this.#options.random.chance(FAILING_SHARE / 3);
    return isDue ? this.#error('EIO', operation, path) : undefined;
  }

  #error(code: string, operation: SimFileOperation, path: string): FileError {
    this.#options.trace.note('fault', code, operation, path);
    return new FileError(code, `${code}: simulated, ${operation} '${path}'`, path);
  }
}
