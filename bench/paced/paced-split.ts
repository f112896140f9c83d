import type { SourceSplit } from 'millrace/connectors';

/** Numbers residue, residue + modulus, residue + 2 * modulus, ... below `end`; `position` of them have been emitted. */
export interface PacedSplit extends SourceSplit {
  readonly residue: number;
  readonly modulus: number;
  readonly position: number;
  readonly end: number;
  /** When number 0 is due, in ms of the machine's clock; undefined for what comes before the clock starts, at full speed. */
  readonly startAtMs: number | undefined;
}
