/**
 * One subtask's part of one checkpoint, from the synchronous part to the acknowledgement.
 *
 *   begin (synchronous: barrier has left, versions are taken, operator state is encoded)
 *     → slices of the keyed state's cursors, between records
 *     → data file durable, sink files durable
 *     → acknowledgement
 *
 * It is driven from the subtask's steps; what comes back from I/O only settles promises.
 */
import { must } from '../base/assert.ts';
import type { CheckpointDataPart, CheckpointDataResult } from '../base/checkpoint-streams.ts';
import type { CheckpointBarrier } from '../base/elements.ts';
import type { KeyedStateBackend, SectionSink, SnapshotCursor } from '../base/keyed-state.ts';
import type { OperatorSubtaskState, SubtaskSnapshot } from '../base/state-handle.ts';

/** An operator's share, as far as the synchronous part could make it. */
export interface OperatorPart {
  /** Without the key-group chains: they are known when the data file is durable. */
  readonly state: Omit<OperatorSubtaskState, 'keyed'>;
  readonly backend: KeyedStateBackend | undefined;
  /** Files of a sink that must be durable before the acknowledgement. */
  readonly durable: Promise<void> | undefined;
}

export interface SnapshotTiming {
  readonly alignmentMs: number;
  readonly syncMs: number;
  readonly startDelayMs: number;
}

interface Written {
  readonly backend: KeyedStateBackend;
  readonly cursor: SnapshotCursor;
  sectionCount: number;
  isDone: boolean;
}

export class SnapshotInProgress {
  readonly barrier: CheckpointBarrier;
  readonly #parts: readonly OperatorPart[];
  readonly #isFinished: boolean;
  readonly #timing: SnapshotTiming;
  readonly #data: CheckpointDataPart | undefined;
  readonly #written: readonly Written[];
  readonly #startedMs: number;
  #isWritten = false;
  #isClaimed = false;

  /** The synchronous part: opens a cursor on every keyed state. `data` is undefined when no operator keeps keyed state. */
  constructor(options: {
    barrier: CheckpointBarrier;
    parts: readonly OperatorPart[];
    isFinished: boolean;
    timing: SnapshotTiming;
    data: CheckpointDataPart | undefined;
    nowMs: number;
  }) {
    this.barrier = options.barrier;
    this.#parts = options.parts;
    this.#isFinished = options.isFinished;
    this.#timing = options.timing;
    this.#data = options.data;
    this.#startedMs = options.nowMs;
    const { checkpointId, stateMode } = options.barrier;
    this.#written = options.parts.flatMap(({ backend }) =>
      backend === undefined
        ? []
        : [{ backend, cursor: backend.startSnapshot(checkpointId, stateMode), sectionCount: 0, isDone: false }],
    );
    this.#isWritten = this.#written.length === 0;
  }

  get remainingEntries(): number {
    return this.#written.reduce((sum, { cursor, isDone }) => sum + (isDone ? 0 : cursor.remainingEntries), 0);
  }

  /** True when all sections are handed over (not necessarily durable). */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  elapsedMs(nowMs: number): number {
    return nowMs - this.#startedMs;
  }

  /** True once, for the one who will wait for `durable`. */
  claim(): boolean {
    const isFirst = !this.#isClaimed;
    this.#isClaimed = true;
    return isFirst;
  }

  /** Writes about `entryLimit` entries; call again until `isWritten`. False when the disk is behind: try again later. */
  advance(entryLimit: number): boolean {
    const data = this.#data;
    for (const written of this.#written) {
      if (written.isDone) continue;
      const part = must(data, 'data part of a keyed snapshot');
      if (!part.isWritable) return false;
      const sink: SectionSink = {
        writeSection: (section) => {
          written.sectionCount++;
          part.writeSection(section);
        },
      };
      written.isDone = written.cursor.advance(entryLimit, sink);
      if (!written.isDone) return true;
    }
    this.#isWritten = true;
    return true;
  }

  /** After `isWritten`: settles when everything is durable. Rejects when a write failed or the checkpoint was aborted. */
  async durable(): Promise<CheckpointDataResult | undefined> {
    const [data] = await Promise.all([this.#data?.complete(), ...this.#parts.map(({ durable }) => durable)]);
    return data;
  }

  /** Once, with what `durable` gave, and not after the abort of the checkpoint: keyed state is told where its sections lie. */
  acknowledgement(data: CheckpointDataResult | undefined, nowMs: number): SubtaskSnapshot {
    const operators = this.#operatorStates(data);
    return {
      operators,
      isFinished: this.#isFinished,
      statistics: {
        ...this.#timing,
        asyncMs: nowMs - this.#startedMs,
        writtenBytes: (data?.writtenBytes ?? 0) + listBytes(operators),
        stateBytes: operators.reduce((sum, state) => sum + keyedBytes(state), 0) + listBytes(operators),
      },
    };
  }

  /** Gives up what is not written yet. What is written already is given up with the checkpoint (`KeyedStateBackend.checkpointAborted`). */
  cancel(): void {
    for (const { cursor, isDone } of this.#written) if (!isDone) cursor.cancel();
  }

  /** Sections were written backend by backend, so each backend's places are one run of the data file's answer. */
  #operatorStates(data: CheckpointDataResult | undefined): readonly OperatorSubtaskState[] {
    let position = 0;
    const written = new Map(this.#written.map((entry) => [entry.backend, entry]));
    return this.#parts.map(({ state, backend }) => {
      if (backend === undefined) return { ...state, keyed: [] };
      const { sectionCount } = must(written.get(backend), 'cursor of the backend');
      const refs = must(data, 'places of the sections').refs.slice(position, position + sectionCount);
      position += sectionCount;
      return { ...state, keyed: backend.snapshotWritten(this.barrier.checkpointId, refs) };
    });
  }
}

function listBytes(operators: readonly OperatorSubtaskState[]): number {
  let bytes = 0;
  for (const { lists } of operators)
    for (const { elements } of lists) for (const element of elements) bytes += element.length;
  return bytes;
}

function keyedBytes(state: OperatorSubtaskState): number {
  let bytes = 0;
  for (const { sections } of state.keyed) for (const section of sections) bytes += section.length;
  return bytes;
}
