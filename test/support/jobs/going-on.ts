/** Sources that go on until the job is ended, and some that end before others. Parameter `case`. */
import { CollectionSource, DataGenerator, job, NumberSequenceSource, rateLimited, WatermarkStrategy } from 'millrace';
import type { DataStream, RichMapFunction, RuntimeContext, Source, StreamExecutionEnvironment } from 'millrace';
import type { SourceSplit } from 'millrace/connectors';
import { appendFileSync } from 'node:fs';
import { FileSink, FileSource } from 'millrace/connectors/files';
import { ParquetSource } from 'millrace/connectors/parquet';

/** Writes into a file of its own when it is opened and when it is closed: also a thread can tell by that. */
class Noted implements RichMapFunction<unknown, unknown> {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  open({ subtaskIndex }: RuntimeContext): void {
    appendFileSync(this.#file, `open ${subtaskIndex}\n`);
  }

  map(value: unknown): unknown {
    return value;
  }

  close(): void {
    appendFileSync(this.#file, 'close\n');
  }
}

const CASES: Readonly<Record<string, (env: StreamExecutionEnvironment) => DataStream<unknown>>> = {
  'an endless generator': (env) =>
    from(
      env,
      DataGenerator.of((n): unknown => n),
    ),
  'a slow endless generator': (env) =>
    from(
      env,
      DataGenerator.of((n): unknown => n, { recordsPerSecond: 0.001 }),
    ),
  'a watched folder': (env) =>
    from(
      env,
      FileSource.jsonLines(env.parameters.require('input'), { watch: '5 ms', include: '*.jsonl', splitSize: 40 }),
    ),
  'a limited collection': (env) => limited(env, CollectionSource.of(Array.from({ length: 30 }, (_, n): unknown => n))),
  'a limited sequence': (env) => limited(env, new NumberSequenceSource(0, 29)),
  'limited lines': (env) => limited(env, FileSource.jsonLines(env.parameters.require('input'))),
  'limited rows': (env) =>
    limited(env, ParquetSource.of(undefined, env.parameters.require('input'), { columns: ['id'] }), ({ id }) => id),
  // One file only: all subtasks but one are done at once.
  'one slow file': (env) => limited(env, FileSource.jsonLines(env.parameters.require('input'))),
};

function from<T, Split extends SourceSplit, State>(
  env: StreamExecutionEnvironment,
  source: Source<T, Split, State>,
  valueOf: (value: T) => unknown = (value) => value,
): DataStream<unknown> {
  return env.fromSource(source, WatermarkStrategy.noWatermarks(), 'source').uid('source').map(valueOf);
}

function limited<T, Split extends SourceSplit, State>(
  env: StreamExecutionEnvironment,
  source: Source<T, Split, State>,
  valueOf: (value: T) => unknown = (value) => value,
): DataStream<unknown> {
  return from(env, rateLimited(source, env.parameters.number('rate', 100)), valueOf);
}

export default job('going-on', (env) => {
  const { parameters } = env;
  env.enableCheckpointing('10 ms');
  const name = parameters.require('case');
  const stream = CASES[name];
  if (stream === undefined) throw new Error(`There is no case '${name}'`);
  stream(env)
    .map(new Noted(parameters.require('notes')))
    .sinkTo(FileSink.jsonLines(parameters.require('output'), { rolling: { onCheckpoint: true } }))
    .uid('out');
});
