/**
 * Source subtask i of 2 (or 3) emits i * 100 + n for n = 0 to 11; each way to deal records out, as a branch, tells where each
 * came. Rows are { v, to }.
 */
import { DataGenerator, job, WatermarkStrategy } from 'millrace';
import type {
  DataStream,
  RichMapFunction,
  RuntimeContext,
  SingleOutputStreamOperator,
  StreamExecutionEnvironment,
} from 'millrace';
import { FileSink } from 'millrace/connectors/files';

interface Arrival {
  readonly v: number;
  readonly to: number;
}

class Arrived implements RichMapFunction<number, Arrival> {
  #to = -1;

  open({ subtaskIndex }: RuntimeContext): void {
    this.#to = subtaskIndex;
  }

  map(v: number): Arrival {
    return { v, to: this.#to };
  }
}

/** The generator gives subtask i the indexes with remainder i. */
function numbers(
  env: StreamExecutionEnvironment,
  name: string,
  parallelism: number,
): SingleOutputStreamOperator<number> {
  const numberOf = (index: number): number => (index % parallelism) * 100 + Math.floor(index / parallelism);
  return env
    .fromSource(DataGenerator.of(numberOf, { count: 12 * parallelism }), WatermarkStrategy.noWatermarks(), name)
    .uid(name)
    .setParallelism(parallelism);
}

const arrivals = (stream: DataStream<number>, parallelism: number): DataStream<Arrival> =>
  stream.map(new Arrived()).setParallelism(parallelism);

/** By the name of the recorded case. */
export const BRANCHES: Readonly<
  Record<string, (env: StreamExecutionEnvironment, name: string) => DataStream<Arrival>>
> = {
  'partition-rebalance-2-3': (env, name) => arrivals(numbers(env, name, 2).rebalance(), 3),
  'partition-rebalance-default-2-3': (env, name) => arrivals(numbers(env, name, 2), 3),
  'partition-union-rebalance-2-3': (env, name) => {
    const second = numbers(env, `${name}-second`, 1)
      .map((v) => v + 100)
      .setParallelism(1);
    return arrivals(numbers(env, name, 1).union(second).rebalance(), 3);
  },
  'partition-rescale-2-4': (env, name) => arrivals(numbers(env, name, 2).rescale(), 4),
  'partition-rescale-3-2': (env, name) => arrivals(numbers(env, name, 3).rescale(), 2),
  'partition-broadcast-2-3': (env, name) => arrivals(numbers(env, name, 2).broadcast(), 3),
  'partition-global-2-3': (env, name) => arrivals(numbers(env, name, 2).global(), 3),
  'partition-forward-2-2': (env, name) => arrivals(numbers(env, name, 2).forward(), 2),
  'partition-keyby-2-3': (env, name) =>
    arrivals(
      numbers(env, name, 2).keyBy((v) => BigInt(v)),
      3,
    ),
};

export default job('partitioning', (env) => {
  env.setMaxParallelism(128);
  if (env.parameters.flag('checkpoints')) env.enableCheckpointing('10 ms');
  for (const [name, branch] of Object.entries(BRANCHES)) {
    branch(env, name)
      .sinkTo(FileSink.jsonLines(`${env.parameters.require('output')}/${name}`))
      .uid(`${name}-out`)
      .setParallelism(1);
  }
});
