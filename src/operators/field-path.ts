import { MillraceError } from '../base/errors.ts';

/** 'v', 'in.v' for a field of a nested object, '1.0' or 1 for elements of arrays. */
export type FieldSelector = string | number;

/** Reads and sets one field of records, down a path of names and array positions. */
export class FieldPath {
  readonly text: string;
  readonly #parents: readonly string[];
  readonly #last: string;

  constructor(field: FieldSelector) {
    this.text = String(field);
    const names = this.text.split('.');
    if (names.includes('')) {
      throw new MillraceError('JOB_DEFINITION_INVALID', `Reading field '${this.text}' failed: a name in it is empty`);
    }
    this.#last = names.pop() ?? '';
    this.#parents = names;
  }

  get(record: unknown): unknown {
    return this.#parentOf(record)[this.#last];
  }

  /** Changes the record. */
  set(record: unknown, value: unknown): void {
    this.#parentOf(record)[this.#last] = value;
  }

  #parentOf(record: unknown): Record<string, unknown> {
    let parent = this.#asObject(record);
    for (const name of this.#parents) parent = this.#asObject(parent[name]);
    return parent;
  }

  #asObject(value: unknown): Record<string, unknown> {
    if (typeof value !== 'object' || value === null) {
      throw new MillraceError(
        'USER_FUNCTION_FAILED',
        `Reading field '${this.text}' of a record failed: ${value === null || value === undefined ? String(value) : `a ${typeof value}`} has no fields`,
        { recovery: 'fail-job' },
      );
    }
    // Objects and arrays alike are read and set by property name.
    return value as Record<string, unknown>;
  }
}
