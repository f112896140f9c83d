import { MillraceError } from '../../base/errors.ts';
import { DataGenerator } from './data-generator.ts';

/** The integers from `from` to `to`, both included; none when `to` is less. */
export class NumberSequenceSource extends DataGenerator<number> {
  override readonly kind = 'sequence';
  readonly #from: number;
  readonly #to: number;

  /** @throws JOB_DEFINITION_INVALID unless both are safe integers */
  constructor(from: number, to: number) {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
      throw new MillraceError(
        'JOB_DEFINITION_INVALID',
        `Making a sequence from '${from}' to '${to}' failed: they must be integers`,
      );
    }
    super((index) => from + index, { count: Math.max(0, to - from + 1) });
    this.#from = from;
    this.#to = to;
  }

  override identity(): readonly string[] {
    return [`${this.#from} to ${this.#to}`];
  }
}
