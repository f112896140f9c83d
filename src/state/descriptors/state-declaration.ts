import { assert } from '../../base/assert.ts';
import { MillraceError } from '../../base/errors.ts';
import { VOID_NAMESPACE } from '../../base/keyed-state.ts';
import type { KeyedStateBackend, Namespace } from '../../base/keyed-state.ts';
import type { StateDescriptorInfo } from '../../base/state-handle.ts';
import { MutationGuard } from './mutation-guard.ts';

export interface StateBindOptions {
  /** The namespace of each access: the window, for state of windows. Default: none. */
  readonly namespace?: () => Namespace;
  /** Finds values that were changed in place without being put back (VALUE_MUTATED). */
  readonly checkMutation: boolean;
}

/** A state as a function declares it: read from the graph before the job starts, bound once when its operator is set up. */
export interface StateDeclaration {
  readonly info: StateDescriptorInfo;
  bind(backend: KeyedStateBackend, options: StateBindOptions): void;
  /** Removes what the current key (and window) has. */
  clear(): void;
  /**
   * The call of user code is over. Of use only where mutation is checked.
   * @throws VALUE_MUTATED when a value was changed in it and not put back
   */
  endCall(): void;
}

/**
 * Declaration and accessor in one: `state = { seen: valueState<boolean>('seen') }` declares, and inside the function's calls
 * `this.state.seen` is the state of the current key.
 */
export abstract class DeclaredState<Table> implements StateDeclaration {
  readonly info: StateDescriptorInfo;
  #isDeclared = false;
  #table: Table | undefined;
  #namespace: (() => Namespace) | undefined;
  #guard: MutationGuard | undefined;

  constructor(info: StateDescriptorInfo) {
    if (info.name === '')
      throw new MillraceError('JOB_DEFINITION_INVALID', 'Declaring a state failed: its name is empty');
    this.info = info;
  }

  /** A function lists it among its states. */
  markDeclared(): void {
    this.#isDeclared = true;
  }

  bind(backend: KeyedStateBackend, options: StateBindOptions): void {
    assert(this.#table === undefined, () => `State '${this.info.name}' is bound twice`);
    this.#table = this.openTable(backend);
    this.#namespace = options.namespace;
    if (options.checkMutation) this.#guard = new MutationGuard(this.info.name);
  }

  endCall(): void {
    this.#guard?.endCall();
  }

  abstract clear(): void;

  protected abstract openTable(backend: KeyedStateBackend): Table;

  protected get table(): Table {
    if (this.#table !== undefined) return this.#table;
    const what = `Using state '${this.info.name}' failed`;
    if (this.#isDeclared)
      throw new MillraceError('STATE_ACCESS_OUTSIDE_CALL', `${what}: its function does not run in a job`);
    throw new MillraceError('STATE_NOT_DECLARED', `${what}: no function declares it in its field 'state'`);
  }

  protected get namespace(): Namespace {
    return this.#namespace === undefined ? VOID_NAMESPACE : this.#namespace();
  }

  /** What user code gets of `value`. `slot` tells the values of one state apart that can be put back one by one. */
  protected handOut<T>(value: T, slot?: unknown): T {
    return this.#guard === undefined ? value : this.#guard.handOut(value, slot);
  }

  /** The value of the slot was put back, replaced or removed. */
  protected settle(slot?: unknown): void {
    this.#guard?.settle(slot);
  }

  protected settleAll(): void {
    this.#guard?.settleAll();
  }

  /** For what a table throws when it is given a value. */
  protected refused(error: unknown): unknown {
    if (!MillraceError.is(error) || error.code !== 'VALUE_NOT_SERIALIZABLE') return error;
    return new MillraceError(error.code, `Updating state '${this.info.name}' failed: ${error.message}`);
  }

  /** Throws STATE_VALUE_INVALID for undefined. */
  protected checked<T>(value: T): T {
    if (value !== undefined) return value;
    const what = `Updating state '${this.info.name}' failed: undefined is not a value`;
    throw new MillraceError('STATE_VALUE_INVALID', what);
  }
}

export function isStateDeclaration(value: unknown): value is DeclaredState<unknown> {
  return value instanceof DeclaredState;
}

/**
 * The states that a function object declares in its field `state`, in order; other values there are the function's own. From now on
 * they count as declared.
 */
export function declaredStates(functionObject: object): readonly StateDeclaration[] {
  const record: unknown = 'state' in functionObject ? functionObject.state : undefined;
  if (typeof record !== 'object' || record === null) return [];
  const states = Object.values(record).filter(isStateDeclaration);
  for (const state of states) state.markDeclared();
  return states;
}
