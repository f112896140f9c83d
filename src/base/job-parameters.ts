import { MillraceError } from './errors.ts';

/** Parameters of the job, from `--name value` after `--`; frozen at start and the same in every thread. */
export class JobParameters {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string> = new Map()) {
    this.#values = new Map(values);
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** @throws PARAMETER_MISSING */
  require(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined)
      throw new MillraceError('PARAMETER_MISSING', `Reading job parameter '--${name}' failed: it was not given`);
    return value;
  }

  /** @throws PARAMETER_INVALID when the value is not a number */
  number(name: string): number | undefined;
  number(name: string, fallback: number): number;
  number(name: string, fallback?: number): number | undefined {
    const text = this.#values.get(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) {
      throw new MillraceError(
        'PARAMETER_INVALID',
        `Reading job parameter '--${name}' failed: '${text}' is not a number`,
      );
    }
    return value;
  }

  /** True for 'true', '1' and a name without value; false for 'false', '0' and an absent name. */
  flag(name: string): boolean {
    const text = this.#values.get(name);
    if (text === undefined || text === 'false' || text === '0') return false;
    if (text === 'true' || text === '1' || text === '') return true;
    throw new MillraceError(
      'PARAMETER_INVALID',
      `Reading job parameter '--${name}' failed: '${text}' is neither true nor false`,
    );
  }

  /** A copy. */
  toMap(): ReadonlyMap<string, string> {
    return new Map(this.#values);
  }
}
