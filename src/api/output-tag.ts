import { OutputTag } from '../operators/functions/output-tag.ts';

/**
 * Names a side output and the type of its values: `ctx.output(tag, value)` emits, `stream.getSideOutput(tag)` takes.
 * @throws JOB_DEFINITION_INVALID when the id is empty
 */
export function outputTag<T>(id: string): OutputTag<T> {
  return new OutputTag<T>(id);
}
