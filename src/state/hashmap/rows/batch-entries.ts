import { MillraceError } from '../../../base/errors.ts';
import type { Namespace } from '../../../base/keyed-state.ts';
import { NO_NAMESPACE } from '../../section/flat-batch.ts';
import type { FlatBatch } from '../../section/flat-batch.ts';
import { formOf } from './flat-form.ts';
import type { Cells, FlatForm } from './flat-form.ts';
import { namespaceOfWord } from './row-place.ts';

interface BatchEntry {
  readonly namespace: Namespace;
  readonly key: number;
  readonly value: unknown;
}

/** The form of the values of a batch. Throws CHECKPOINT_CORRUPT for field names that no batch is written with. */
export function batchForm(batch: FlatBatch): FlatForm {
  const kinds = batch.columns.map((column) => (Array.isArray(column) ? ('text' as const) : ('number' as const)));
  const form = formOf(batch.fields, kinds);
  if (form === undefined)
    throw new MillraceError('CHECKPOINT_CORRUPT', 'Reading a batch of state failed: its fields are none');
  return form;
}

/** The values of a batch, made whole again. Throws as `batchForm` does. */
export function* batchEntries(batch: FlatBatch): IterableIterator<BatchEntry> {
  const form = batchForm(batch);
  const cells: Cells = { words: new Float64Array(form.wordCount), texts: [] };
  for (let index = 0; index < batch.count; index++) {
    let word = 0;
    let text = 0;
    for (const column of batch.columns) {
      if (Array.isArray(column)) cells.texts[text++] = column[index];
      else cells.words[word++] = column[index] ?? 0;
    }
    const namespace = namespaceOfWord(batch.namespaces?.[index] ?? NO_NAMESPACE);
    yield { namespace, key: batch.keys[index] ?? 0, value: form.read(cells, 0, 0) };
  }
}
