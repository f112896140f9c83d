import { must } from '../base/assert.ts';
import { NO_KEY_GROUP } from '../base/elements.ts';
import { MillraceError } from '../base/errors.ts';
import type { KeyedStateBackend } from '../base/keyed-state.ts';
import type { OperatorContext } from '../base/operator.ts';
import type { KeySpec } from '../graph/stream-graph.ts';
import { keyIdOf } from '../state/canonical-key.ts';
import { keyGroupOf, keyGroupOfHash } from '../state/key-groups.ts';
import { isPromise, promiseNotAllowed } from './promise-check.ts';

/** Makes a record's key the current one of the operator's state backend. */
export class CurrentKey {
  readonly backend: KeyedStateBackend;
  readonly #selector: (value: unknown) => unknown;
  readonly #hash: ((key: unknown) => number) | undefined;
  readonly #operatorName: string;
  readonly #checksSelector: boolean;

  constructor(context: OperatorContext, key: KeySpec) {
    this.backend = must(context.keyedState, `keyed state of operator '${context.operatorName}'`);
    this.#selector = key.selector;
    this.#hash = key.hash;
    this.#operatorName = context.operatorName;
    this.#checksSelector = context.checkMutation;
  }

  /** `keyGroup` as it came with the record, so that the key is not hashed twice; NO_KEY_GROUP has it computed. */
  set(value: unknown, keyGroup: number): void {
    const key = this.#selector(value);
    if (isPromise(key)) throw promiseNotAllowed(key, 'the key selector', this.#operatorName);
    if (this.#checksSelector) this.#checkSelector(value, key, keyGroup);
    if (keyGroup === NO_KEY_GROUP && this.#hash !== undefined) {
      this.backend.setCurrentKey(key, keyGroupOfHash(this.#hash(key), this.backend.maxParallelism));
    } else {
      this.backend.setCurrentKey(key, keyGroup);
    }
  }

  /** State is reached only inside calls: what user code does later finds no current key. */
  clear(): void {
    this.backend.clearCurrentKey();
  }

  /** A key that changes from call to call would spread one key's state over several entries and subtasks. */
  #checkSelector(value: unknown, key: unknown, keyGroup: number): void {
    const again = this.#selector(value);
    const { maxParallelism } = this.backend;
    const ownKeyGroup =
      this.#hash === undefined ? keyGroupOf(key, maxParallelism) : keyGroupOfHash(this.#hash(key), maxParallelism);
    const isSame = Object.is(keyIdOf(key), keyIdOf(again)) && (keyGroup === NO_KEY_GROUP || keyGroup === ownKeyGroup);
    if (isSame) return;
    throw new MillraceError(
      'KEY_SELECTOR_NOT_PURE',
      `Selecting the key of a record in operator '${this.#operatorName}' failed: a second call gave another key`,
    );
  }
}
