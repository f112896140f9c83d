import { checkValue } from './check-value.ts';

/** Values that go through the strict check: the first ones, then one in so many. */
const FIRST_VALUES_CHECKED = 16;
const CHECK_INTERVAL = 256;

/**
 * The strict check where it would cost too much for every value: what is wrong with the values of a job is mostly wrong with the
 * first of them.
 */
export class SampledCheck {
  #valueCount = 0;

  /** @throws VALUE_NOT_SERIALIZABLE */
  check(value: unknown): void {
    const count = this.#valueCount++;
    if (count < FIRST_VALUES_CHECKED || count % CHECK_INTERVAL === 0) checkValue(value);
  }
}
