import { assert } from '../../base/assert.ts';
import { MillraceError } from '../../base/errors.ts';
import type { TimeDomain } from '../../base/keyed-state.ts';
import type { StateDescriptorInfo } from '../../base/state-handle.ts';
import type { ChangeTracker } from '../changes/change-tracker.ts';
import type { KeyContext } from '../key-context.ts';
import type { TableHeader } from '../section/section-format.ts';
import type { TableRestore } from '../section/section-reader.ts';
import { TimerTable } from '../timers/timer-table.ts';
import type { BackendTable } from './backend-table.ts';
import { AdaptiveTable } from './adaptive-table.ts';
import { MapTable } from './map-table.ts';
import { FlatRows } from './rows/flat-rows.ts';
import { ValueTable } from './value-table.ts';

/**
 * The tables of one backend. A table comes into being when its state is declared or when a section that holds it is read,
 * whichever is first.
 */
export class TableRegistry {
  readonly timers: Readonly<Record<TimeDomain, TimerTable>>;
  /** Shared by all states whose values are numbers. */
  readonly rows: FlatRows;
  readonly #context: KeyContext;
  readonly #tracker: ChangeTracker;
  readonly #groupCount: number;
  readonly #states = new Map<string, AdaptiveTable | ValueTable | MapTable>();
  readonly #declared = new Set<string>();

  constructor(context: KeyContext, tracker: ChangeTracker, groupCount: number) {
    this.#context = context;
    this.#tracker = tracker;
    this.#groupCount = groupCount;
    this.rows = new FlatRows(context, tracker, groupCount);
    this.timers = {
      'event-time': new TimerTable('event-time', context, tracker, groupCount),
      'processing-time': new TimerTable('processing-time', context, tracker, groupCount),
    };
  }

  /** Throws STATE_INCOMPATIBLE when the restored state of that name is of another kind. */
  declareValues(descriptor: StateDescriptorInfo): AdaptiveTable | ValueTable {
    assert(descriptor.kind !== 'map', () => `State '${descriptor.name}' is a map`);
    const table = this.#declare(descriptor);
    assert(!(table instanceof MapTable), () => `State '${descriptor.name}' is a map`);
    return table;
  }

  declareMap(descriptor: StateDescriptorInfo): MapTable {
    assert(descriptor.kind === 'map', () => `State '${descriptor.name}' is no map`);
    const table = this.#declare(descriptor);
    assert(table instanceof MapTable, () => `State '${descriptor.name}' is no map`);
    return table;
  }

  /** The table that a section names. */
  restored({ name, kind }: TableHeader): TableRestore {
    if (kind === 'event-time' || kind === 'processing-time') return this.timers[kind];
    return this.#find({ name, kind }) ?? this.#make({ name, kind });
  }

  /** States in order of declaration, then timers. */
  all(): readonly BackendTable[] {
    return [...this.#states.values(), this.timers['event-time'], this.timers['processing-time']];
  }

  undeclared(): readonly StateDescriptorInfo[] {
    return [...this.#states.values()].map((table) => table.descriptor).filter(({ name }) => !this.#declared.has(name));
  }

  /** Largest first. */
  sizes(): readonly { readonly state: string; readonly entries: number }[] {
    const states = [...this.#states].map(([state, table]) => ({ state, entries: table.entryCount }));
    const timers = Object.values(this.timers).map((table) => ({
      state: `${table.header.name} timers`,
      entries: table.entryCount,
    }));
    return [...states, ...timers].sort((a, b) => b.entries - a.entries);
  }

  #declare(descriptor: StateDescriptorInfo): AdaptiveTable | ValueTable | MapTable {
    const { name } = descriptor;
    if (this.#declared.has(name)) {
      throw new MillraceError(
        'JOB_DEFINITION_INVALID',
        `Declaring state '${name}' failed: the operator has it already`,
      );
    }
    const table = this.#find(descriptor) ?? this.#make(descriptor);
    this.#declared.add(name);
    return table;
  }

  #find({ name, kind }: StateDescriptorInfo): AdaptiveTable | ValueTable | MapTable | undefined {
    const table = this.#states.get(name);
    if (table === undefined || table.descriptor.kind === kind) return table;
    throw new MillraceError(
      'STATE_INCOMPATIBLE',
      `Restoring state '${name}' failed: it is a ${table.descriptor.kind} state on one side and a ${kind} state on the other`,
    );
  }

  #make({ name, kind }: StateDescriptorInfo): AdaptiveTable | ValueTable | MapTable {
    const descriptor: StateDescriptorInfo = { name, kind };
    const table = this.#tableOf(descriptor);
    this.#states.set(name, table);
    return table;
  }

  #tableOf(descriptor: StateDescriptorInfo): AdaptiveTable | ValueTable | MapTable {
    if (descriptor.kind === 'map') return new MapTable(descriptor, this.#context, this.#tracker, this.#groupCount);
    const values = new ValueTable(descriptor, this.#context, this.#tracker, this.#groupCount);
    return descriptor.kind === 'list' ? values : new AdaptiveTable(values, this.rows);
  }
}
