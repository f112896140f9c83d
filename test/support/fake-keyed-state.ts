/** A keyed state backend of which only the snapshots are used: each writes so many sections, one a slice, and logs what becomes of it. */
import type { CheckpointId } from '../../src/base/ids.ts';
import type { KeyedStateBackend, SectionSink, SnapshotCursor, TimerService } from '../../src/base/keyed-state.ts';
import type { KeyGroupChain, SectionRef } from '../../src/base/state-handle.ts';

export class FakeKeyedState implements KeyedStateBackend {
  readonly keyGroups = { start: 0, end: 127 };
  readonly maxParallelism = 128;
  readonly currentKey = undefined;
  readonly currentKeyGroup = 0;
  readonly entryCount = 0;
  readonly #name: string;
  readonly #log: string[];
  readonly #sections: number;
  /** Thrown by the next slice. */
  failure: Error | undefined;

  constructor(name: string, log: string[], sections: number = 2) {
    this.#name = name;
    this.#log = log;
    this.#sections = sections;
  }

  get timers(): TimerService {
    throw new Error('Not for timers');
  }

  table(): never {
    throw new Error('Not for tables');
  }

  mapTable(): never {
    throw new Error('Not for tables');
  }

  setCurrentKey(): void {
    // There is nothing to look up.
  }

  clearCurrentKey(): void {
    // There is nothing to look up.
  }

  restoreKeyGroup(keyGroup: number, sections: readonly Uint8Array[]): void {
    this.#log.push(`${this.#name} restore ${keyGroup}: ${sections.map((bytes) => bytes.join('.')).join(' ')}`);
  }

  startSnapshot(checkpointId: CheckpointId): SnapshotCursor {
    this.#log.push(`${this.#name} start ${checkpointId}`);
    let left = this.#sections;
    return {
      checkpointId,
      get remainingEntries(): number {
        return left;
      },
      advance: (_entryLimit, sink) => {
        if (this.failure !== undefined) throw this.failure;
        if (left > 0) this.#write(sink, this.#sections - left--);
        return left === 0;
      },
      cancel: () => void this.#log.push(`${this.#name} cancel ${checkpointId}`),
    };
  }

  snapshotWritten(checkpointId: CheckpointId, refs: readonly SectionRef[]): readonly KeyGroupChain[] {
    this.#log.push(
      `${this.#name} written ${checkpointId}: ${refs.map(({ file, offset }) => `${file}@${offset}`).join(' ')}`,
    );
    return refs.map((ref, keyGroup) => ({ keyGroup, sections: [ref] }));
  }

  checkpointCompleted(checkpointId: CheckpointId): void {
    this.#log.push(`${this.#name} completed ${checkpointId}`);
  }

  checkpointAborted(checkpointId: CheckpointId): void {
    this.#log.push(`${this.#name} aborted ${checkpointId}`);
  }

  describeSizes(): readonly { state: string; entries: number }[] {
    return [{ state: 'counts', entries: this.#sections }];
  }

  #write(sink: SectionSink, keyGroup: number): void {
    this.#log.push(`${this.#name} section ${keyGroup}`);
    sink.writeSection({ keyGroup, isBase: true, entryCount: 1, bytes: Uint8Array.of(keyGroup) });
  }
}
