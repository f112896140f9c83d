/**
 * Keyed state on the heap. Values are held as they are; `get` hands out the object itself, and so counts as a change of it
 * (changes/change-tracker.ts). Snapshots are written while processing goes on (hashmap-snapshot.ts), incremental ones as deltas
 * of what changed since the last completed checkpoint (changes/change-log.ts), in chains that are kept short (section-plan.ts).
 */
import { assert } from '../../base/assert.ts';
import { NO_KEY_GROUP } from '../../base/elements.ts';
import { MillraceError } from '../../base/errors.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type {
  KeyGroupChain,
  KeyGroupRange,
  KeyedStateBackend,
  MapStateTable,
  SnapshotCursor,
  StateTable,
  TimerService,
} from '../../base/keyed-state.ts';
import { NO_MUTANTS } from '../../base/mutants.ts';
import type { Mutants } from '../../base/mutants.ts';
import type { SectionRef, StateDescriptorInfo } from '../../base/state-handle.ts';
import type { StringBytes } from '../../base/string-bytes.ts';
import { copyValue } from '../../codec/copy-value.ts';
import { ShapeTable } from '../../codec/shape-table.ts';
import { keyIdOf } from '../canonical-key.ts';
import { ChangeLog, changeCount } from '../changes/change-log.ts';
import { ChangeTracker } from '../changes/change-tracker.ts';
import { KeyContext } from '../key-context.ts';
import { keyGroupOf } from '../key-groups.ts';
import { SectionReader } from '../section/section-reader.ts';
import { SectionWriter } from '../section/section-writer.ts';
import { KeyedTimerService } from '../timers/keyed-timer-service.ts';
import { HashmapSnapshot } from './hashmap-snapshot.ts';
import type { PlannedSection } from './hashmap-snapshot.ts';
import { KeyGroupChains } from './key-group-chains.ts';
import { planSections } from './section-plan.ts';
import { TableRegistry } from './table-registry.ts';

export interface HashmapStateBackendOptions {
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
  readonly strings: StringBytes;
  /** False: no change is recorded, and every snapshot is full. Default true. */
  readonly isIncremental?: boolean;
  readonly mutants?: Mutants;
}

export class HashmapStateBackend implements KeyedStateBackend {
  readonly keyGroups: KeyGroupRange;
  readonly maxParallelism: number;
  readonly timers: TimerService;
  readonly #strings: StringBytes;
  readonly #mutants: Mutants;
  readonly #groupCount: number;
  readonly #context = new KeyContext();
  readonly #log: ChangeLog;
  readonly #tracker: ChangeTracker;
  readonly #tables: TableRegistry;
  readonly #chains: KeyGroupChains;
  readonly #reader: SectionReader;
  readonly #shapes = new ShapeTable();
  readonly #running = new Map<CheckpointId, HashmapSnapshot>();
  /** By checkpoint: the stamp from which on changes are not in it. */
  readonly #versions = new Map<CheckpointId, number>();
  /** Changes with this stamp or a higher one are in no completed checkpoint. */
  #sinceStamp = 0;

  constructor(options: HashmapStateBackendOptions) {
    const { keyGroups, maxParallelism, strings, isIncremental = true, mutants = NO_MUTANTS } = options;
    assert(keyGroups.start >= 0 && keyGroups.end < maxParallelism, 'The key groups are beyond the max parallelism');
    this.keyGroups = keyGroups;
    this.maxParallelism = maxParallelism;
    this.#strings = strings;
    this.#mutants = mutants;
    this.#groupCount = keyGroups.end - keyGroups.start + 1;
    this.#log = new ChangeLog(this.#groupCount, isIncremental);
    this.#tracker = new ChangeTracker({ groupCount: this.#groupCount, log: this.#log, copy: copyValue, mutants });
    this.#sinceStamp = this.#tracker.epochStamp;
    this.#tables = new TableRegistry(this.#context, this.#tracker, this.#groupCount);
    this.#chains = new KeyGroupChains(keyGroups.start, this.#groupCount);
    this.#reader = new SectionReader(strings, (header) => this.#tables.restored(header));
    this.timers = new KeyedTimerService(this.#context, this.#tables.timers, keyGroups.start);
  }

  get currentKey(): unknown {
    return this.#context.key;
  }

  get currentKeyGroup(): number {
    const { groupIndex } = this.#context;
    return groupIndex < 0 ? NO_KEY_GROUP : this.keyGroups.start + groupIndex;
  }

  get entryCount(): number {
    return this.#tracker.entryCount;
  }

  /** States that the restored checkpoint has and nobody declared. They are kept and go into every snapshot. */
  get undeclaredStates(): readonly StateDescriptorInfo[] {
    return this.#tables.undeclared();
  }

  table(descriptor: StateDescriptorInfo): StateTable {
    return this.#tables.declareValues(descriptor);
  }

  mapTable(descriptor: StateDescriptorInfo): MapStateTable {
    return this.#tables.declareMap(descriptor);
  }

  setCurrentKey(key: unknown, keyGroup: number): void {
    const id = keyIdOf(key);
    const group = keyGroup === NO_KEY_GROUP ? keyGroupOf(key, this.maxParallelism) : keyGroup;
    const groupIndex = group - this.keyGroups.start;
    if (groupIndex < 0 || groupIndex >= this.#groupCount) this.#refuseKeyGroup(group);
    this.#context.set(key, id, groupIndex);
  }

  clearCurrentKey(): void {
    this.#context.clear();
  }

  restoreKeyGroup(keyGroup: number, sections: readonly Uint8Array[], chain: readonly SectionRef[]): void {
    const groupIndex = keyGroup - this.keyGroups.start;
    if (groupIndex < 0 || groupIndex >= this.#groupCount) this.#refuseKeyGroup(keyGroup);
    assert(this.#tracker.liveCount(groupIndex) === 0, () => `Key group ${keyGroup} is restored into a filled one`);
    assert(
      chain.length === 0 || chain.length === sections.length,
      () => `Chain of key group ${keyGroup} lacks sections`,
    );
    sections.forEach((bytes, at) => {
      this.#reader.read({ bytes, keyGroup, groupIndex, isBase: at === 0 });
    });
    for (const table of this.#tables.all()) table.finishRestore(groupIndex);
    if (chain.length === 0) return;
    this.#chains.restored(groupIndex, chain);
    this.#log.continueChain(groupIndex);
  }

  startSnapshot(checkpointId: CheckpointId, mode: 'full' | 'incremental'): SnapshotCursor {
    this.#log.close(checkpointId);
    const versionStamp = this.#tracker.nextEpoch();
    const plan = this.#plan(checkpointId, mode);
    const writesTombstones = !this.#mutants.active.has('lost-tombstone');
    const groupIndexes = plan.map(({ groupIndex }) => groupIndex);
    const rows = this.#tables.rows.startSnapshot({
      sinceStamp: this.#sinceStamp,
      groupIndexes,
      writesTombstones,
      keepsImages: !this.#mutants.active.has('no-copy-before-mutation'),
    });
    const snapshot = new HashmapSnapshot({
      checkpointId,
      versionStamp,
      sinceStamp: this.#sinceStamp,
      firstKeyGroup: this.keyGroups.start,
      groupCount: this.#groupCount,
      plan,
      tables: this.#tables.all(),
      rows,
      writesTombstones,
      section: new SectionWriter(this.#strings, this.#shapes),
      onEnd: (ended, isComplete) => {
        this.#tables.rows.snapshotEnded(rows);
        this.#snapshotEnded(ended, isComplete);
      },
    });
    this.#versions.set(checkpointId, versionStamp);
    this.#running.set(checkpointId, snapshot);
    this.#tracker.snapshotStarted(snapshot);
    return snapshot;
  }

  snapshotWritten(checkpointId: CheckpointId, refs: readonly SectionRef[]): readonly KeyGroupChain[] {
    assert(
      !this.#running.has(checkpointId),
      () => `The sections of checkpoint ${checkpointId} are not all handed over`,
    );
    return this.#chains.sectionsWritten(checkpointId, refs);
  }

  checkpointCompleted(checkpointId: CheckpointId): void {
    // Not pending: this backend began after the checkpoint, or a later one is complete already.
    if (!this.#chains.isPending(checkpointId)) return;
    this.#chains.completed(checkpointId);
    this.#log.completed(checkpointId);
    this.#sinceStamp = this.#versions.get(checkpointId) ?? this.#sinceStamp;
    this.#tables.rows.forgetBefore(this.#sinceStamp);
    for (const id of this.#versions.keys()) if (id <= checkpointId) this.#versions.delete(id);
  }

  checkpointAborted(checkpointId: CheckpointId): void {
    const running = this.#running.get(checkpointId);
    if (running === undefined) this.#giveUp(checkpointId);
    else running.cancel();
  }

  describeSizes(): readonly { readonly state: string; readonly entries: number }[] {
    return this.#tables.sizes();
  }

  #plan(checkpointId: CheckpointId, mode: 'full' | 'incremental'): readonly PlannedSection[] {
    const changes = Array.from({ length: this.#groupCount }, (_, groupIndex) => this.#log.closedChanges(groupIndex));
    const situations = changes.map((changed, groupIndex) => {
      const chain = this.#chains.completedChain(groupIndex);
      return {
        groupIndex,
        liveCount: this.#tracker.liveCount(groupIndex),
        changedCount:
          changed === 'everything'
            ? changed
            : changeCount(changed) + this.#tables.rows.changedCount(groupIndex, this.#sinceStamp),
        chainLength: chain.length,
        chainEntryCount: chain.reduce((sum, section) => sum + section.entryCount, 0),
      };
    });
    const choices = planSections(situations, mode);
    this.#chains.started(checkpointId, choices);
    return situations.flatMap(({ groupIndex, liveCount, changedCount }, at): PlannedSection[] => {
      if (choices[at] === 'base') return [{ groupIndex, changes: 'everything', entryCount: liveCount }];
      if (choices[at] !== 'delta') return [];
      // A delta is looked through twice: for tombstones, then for the rest.
      const entryCount = changedCount === 'everything' ? 0 : 2 * changedCount;
      return [{ groupIndex, changes: changes[groupIndex] ?? [], entryCount }];
    });
  }

  #snapshotEnded(snapshot: HashmapSnapshot, isComplete: boolean): void {
    this.#running.delete(snapshot.checkpointId);
    this.#tracker.snapshotEnded(snapshot);
    if (!isComplete) this.#giveUp(snapshot.checkpointId);
  }

  #giveUp(checkpointId: CheckpointId): void {
    this.#versions.delete(checkpointId);
    this.#chains.aborted(checkpointId);
    this.#log.aborted(checkpointId, (groupIndex) => this.#tracker.liveCount(groupIndex));
  }

  #refuseKeyGroup(keyGroup: number): never {
    const { start, end } = this.keyGroups;
    const what = `Key group ${keyGroup} is outside ${start} to ${end}`;
    throw new MillraceError('INVARIANT_VIOLATED', what);
  }
}
