import type { TableHeader } from '../../section/section-format.ts';
import type { FlatForm } from './flat-form.ts';

/** A state's place in the rows. */
export interface Column {
  readonly header: TableHeader;
  readonly form: FlatForm;
  /** Words and texts before it in a row. */
  readonly at: number;
  readonly textAt: number;
  readonly bit: number;
}
