/** Stands in for checkpoint storage: keeps sections in memory, under places like those of real files. */
import { must } from '../../src/base/assert.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { KeyGroupSection, KeyedStateBackend, SectionSink, SnapshotCursor } from '../../src/base/keyed-state.ts';
import type { KeyGroupChain, SectionRef } from '../../src/base/state-handle.ts';

export class MemorySectionStorage {
  readonly #files = new Map<string, Uint8Array>();
  #written = 0;

  store(section: KeyGroupSection): SectionRef {
    const { isBase, entryCount, bytes } = section;
    const file = `shared/${this.#written++}`;
    // A copy: the backend reuses its buffer.
    this.#files.set(file, bytes.slice());
    return { file, blockOffset: 0, blockLength: bytes.length, offset: 0, length: bytes.length, isBase, entryCount };
  }

  read(ref: SectionRef): Uint8Array {
    return must(this.#files.get(ref.file), `section ${ref.file}`).slice();
  }

  restore(backend: KeyedStateBackend, chains: readonly KeyGroupChain[]): void {
    for (const { keyGroup, sections } of chains) {
      if (keyGroup < backend.keyGroups.start || keyGroup > backend.keyGroups.end) continue;
      backend.restoreKeyGroup(
        keyGroup,
        sections.map((ref) => this.read(ref)),
        sections,
      );
    }
  }
}

/** One subtask's snapshot on its way into the storage. */
export class SnapshotWriter implements SectionSink {
  readonly #backend: KeyedStateBackend;
  readonly #storage: MemorySectionStorage;
  readonly cursor: SnapshotCursor;
  readonly refs: SectionRef[] = [];
  isDone = false;

  constructor(
    backend: KeyedStateBackend,
    storage: MemorySectionStorage,
    checkpoint: { id: CheckpointId; mode: 'full' | 'incremental' },
  ) {
    this.#backend = backend;
    this.#storage = storage;
    this.cursor = backend.startSnapshot(checkpoint.id, checkpoint.mode);
  }

  writeSection(section: KeyGroupSection): void {
    this.refs.push(this.#storage.store(section));
  }

  advance(entryLimit: number): void {
    if (!this.isDone) this.isDone = this.cursor.advance(entryLimit, this);
  }

  /** Everything that is left, and the chains as of this checkpoint. */
  finish(): readonly KeyGroupChain[] {
    while (!this.isDone) this.advance(7);
    return this.#backend.snapshotWritten(this.cursor.checkpointId, this.refs);
  }
}
