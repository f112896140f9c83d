import { MillraceError } from '../../base/errors.ts';

/** Names a side output and the type of its values. Two tags with the same id are the same output. */
export class OutputTag<T> {
  readonly id: string;
  /** Only a type: keeps tags of different values apart. */
  declare readonly valueType?: (value: T) => T;

  constructor(id: string) {
    if (id === '') throw new MillraceError('JOB_DEFINITION_INVALID', 'Making an output tag failed: its id is empty');
    this.id = id;
  }
}
