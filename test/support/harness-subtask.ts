/** One subtask of an operator under test: its context, its state, and the snapshots of both. */
import { assert } from '../../src/base/assert.ts';
import { WATERMARK_MIN } from '../../src/base/event-time.ts';
import type { MillraceError } from '../../src/base/errors.ts';
import type { EventTimeMs } from '../../src/base/event-time.ts';
import { checkpointId } from '../../src/base/ids.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { KeyedStateBackend } from '../../src/base/keyed-state.ts';
import { SubtaskMetrics } from '../../src/base/metrics.ts';
import type { OperatorContext, StreamOperator } from '../../src/base/operator.ts';
import type { ListStateHandle, OperatorStateStore } from '../../src/base/operator-state.ts';
import type { RedistributionMode, SectionRef } from '../../src/base/state-handle.ts';
import { copyValue } from '../../src/codec/copy-value.ts';
import type { KeySpec } from '../../src/graph/stream-graph.ts';
import { keyGroupRange } from '../../src/state/key-groups.ts';
import { HashmapStateBackend } from '../../src/state/hashmap/hashmap-state-backend.ts';
import { memoryEnvironment } from './memory-environment.ts';
import { testStrings } from './strings.ts';
import type { Emitted } from './operator-harness.ts';

export interface HarnessSnapshot {
  readonly keyGroups: ReadonlyMap<number, Uint8Array>;
  readonly lists: readonly HarnessList[];
  readonly watermarkMs: EventTimeMs;
}

interface HarnessList {
  readonly name: string;
  readonly mode: RedistributionMode;
  readonly elements: readonly unknown[];
}

export interface HarnessSubtaskOptions {
  readonly operator: StreamOperator;
  readonly key: KeySpec | undefined;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  readonly maxParallelism: number;
  readonly checkMutation: boolean;
  readonly autoWatermarkIntervalMs: number | undefined;
  readonly snapshot: HarnessSnapshot | undefined;
  readonly emit: (emitted: Emitted) => void;
  readonly nowMs: () => number;
}

export class HarnessSubtask {
  readonly operator: StreamOperator;
  readonly metrics: SubtaskMetrics = new SubtaskMetrics();
  readonly keyedState: KeyedStateBackend | undefined;
  readonly #gate = {
    isOpen: false,
    refuse: (error: MillraceError): void => {
      throw error;
    },
  };
  readonly #lists: TestOperatorState;
  #snapshotCount = 0;

  constructor(options: HarnessSubtaskOptions) {
    const { operator, key } = options;
    this.operator = operator;
    this.#lists = new TestOperatorState(options);
    this.keyedState = key === undefined ? undefined : restoredState(options);
    operator.setup(this.#context(options));
    const opening = operator.open?.();
    assert(opening === undefined, 'The harness opens operators in one step');
  }

  /** The operator is called only inside a step, in which it may emit. */
  call<R>(call: (operator: StreamOperator) => R): R {
    this.#gate.isOpen = true;
    try {
      return call(this.operator);
    } finally {
      this.#gate.isOpen = false;
    }
  }

  snapshot(): HarnessSnapshot {
    const id = checkpointId(++this.#snapshotCount);
    void this.operator.snapshot?.(id);
    return {
      keyGroups: this.keyedState === undefined ? new Map() : writtenKeyGroups(this.keyedState, id),
      lists: this.#lists.snapshot(),
      watermarkMs: this.operator.currentWatermarkMs?.() ?? WATERMARK_MIN,
    };
  }

  #context(options: HarnessSubtaskOptions): OperatorContext {
    const { emit, nowMs, autoWatermarkIntervalMs } = options;
    const environment = { ...memoryEnvironment(), clock: { nowMs, monotonicMs: nowMs } };
    return {
      operatorName: 'operator under test',
      operatorUid: 'under-test',
      subtaskIndex: options.subtaskIndex,
      parallelism: options.parallelism,
      maxParallelism: options.maxParallelism,
      attemptNumber: options.snapshot === undefined ? 0 : 1,
      output: {
        collect: (value, timestampMs) => emit({ kind: 'record', out: 'main', value, timestampMs }),
        collectSide: (out, value, timestampMs) => emit({ kind: 'record', out, value, timestampMs }),
      },
      keyedState: this.keyedState,
      operatorState: this.#lists,
      environment,
      logger: environment.logger,
      metrics: this.metrics,
      parameters: new Map(),
      signal: new AbortController().signal,
      callGate: this.#gate,
      checkMutation: options.checkMutation,
      ...(autoWatermarkIntervalMs === undefined ? {} : { autoWatermarkIntervalMs }),
      restoredWatermarkMs: options.snapshot?.watermarkMs ?? WATERMARK_MIN,
      wakeUp: () => undefined,
      emitWatermark: (watermarkMs) => emit({ kind: 'watermark', watermarkMs }),
      emitStatus: (isIdle) => emit({ kind: 'status', isIdle }),
    };
  }
}

function restoredState({
  maxParallelism,
  parallelism,
  subtaskIndex,
  snapshot,
}: HarnessSubtaskOptions): KeyedStateBackend {
  const keyGroups = keyGroupRange(maxParallelism, parallelism, subtaskIndex);
  const backend = new HashmapStateBackend({ keyGroups, maxParallelism, strings: testStrings });
  for (const [keyGroup, bytes] of snapshot?.keyGroups ?? []) {
    if (keyGroup < keyGroups.start || keyGroup > keyGroups.end) continue;
    backend.restoreKeyGroup(keyGroup, [bytes], [sectionRef(bytes.length)]);
  }
  return backend;
}

/** A full snapshot, written in small slices. */
function writtenKeyGroups(backend: KeyedStateBackend, id: CheckpointId): Map<number, Uint8Array> {
  const keyGroups = new Map<number, Uint8Array>();
  const refs: SectionRef[] = [];
  const cursor = backend.startSnapshot(id, 'full');
  const writeSection = (section: { keyGroup: number; bytes: Uint8Array }): void => {
    assert(!keyGroups.has(section.keyGroup), 'A full snapshot has one section a key group');
    keyGroups.set(section.keyGroup, section.bytes.slice());
    refs.push(sectionRef(section.bytes.length));
  };
  while (!cursor.advance(3, { writeSection }))
    assert(cursor.remainingEntries >= 0, 'Nothing is left and the cursor is not done');
  backend.snapshotWritten(id, refs);
  backend.checkpointCompleted(id);
  return keyGroups;
}

function sectionRef(length: number): SectionRef {
  return { file: 'chk-1/data', blockOffset: 0, blockLength: length, offset: 0, length, isBase: true, entryCount: 1 };
}

class TestOperatorState implements OperatorStateStore {
  readonly isRestored: boolean;
  readonly #lists = new Map<string, HarnessList>();

  constructor({ snapshot, subtaskIndex, parallelism }: HarnessSubtaskOptions) {
    this.isRestored = snapshot !== undefined;
    for (const { name, mode, elements } of snapshot?.lists ?? []) {
      const held = this.#lists.get(name)?.elements ?? [];
      this.#lists.set(name, { name, mode, elements: [...held, ...elements] });
    }
    for (const { name, mode, elements } of this.#lists.values()) {
      if (mode !== 'split') continue;
      const own = elements.filter((_, index) => index % parallelism === subtaskIndex);
      this.#lists.set(name, { name, mode, elements: own });
    }
  }

  listState<T>(name: string, mode: RedistributionMode): ListStateHandle<T> {
    return {
      // A name holds elements of one type.
      get: () => (this.#lists.get(name)?.elements ?? []) as readonly T[],
      update: (elements) => void this.#lists.set(name, { name, mode, elements }),
    };
  }

  snapshot(): HarnessList[] {
    return [...this.#lists.values()].map(({ name, mode, elements }) => ({ name, mode, elements: copyValue(elements) }));
  }
}
