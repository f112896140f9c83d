/**
 * Streams that part and meet: several consumers of one stream, united streams, one stream united with itself, exchanges between
 * different parallelisms in all directions, sinks in one folder. Every branch ends in rows { from, n }, all in one folder.
 */
import { DataGenerator, job, outputTag, ProcessFunction, WatermarkStrategy } from 'millrace';
import type { Collector, DataStream } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

const small = outputTag<number>('small');

class Small extends ProcessFunction<number, number> {
  override processElement(n: number, ctx: this['Context'], out: Collector<number>): void {
    if (n < 10) ctx.output(small, n);
    else out.collect(n);
  }
}

export const RECORDS = 1200;

export default job('topology', (env) => {
  const { parameters } = env;
  if (!parameters.flag('without-checkpoints')) env.enableCheckpointing(parameters.get('interval') ?? '10 ms');
  const recordsPerSecond = parameters.number('rate');
  const rate = recordsPerSecond === undefined ? {} : { recordsPerSecond };
  const numbers = env
    .fromSource(
      DataGenerator.of((n) => n, { count: RECORDS, ...rate }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers');
  const end = (from: string, stream: DataStream<number>, parallelism?: number): void => {
    const rows = stream.map((n) => ({ from, n })).name(`rows of ${from}`);
    const sink = rows
      .sinkTo(FileSink.jsonLines(parameters.require('output')))
      .uid(`${from}-out`)
      .name(`out of ${from}`);
    if (parallelism === undefined) return;
    rows.setParallelism(parallelism);
    sink.setParallelism(parallelism);
  };

  // Chained consumers side by side, and one behind each kind of exchange.
  end('numbers', numbers);
  end(
    'even',
    numbers.filter((n) => n % 2 === 0),
  );
  end('wide', numbers.rebalance(), 3);
  end('narrow', numbers.rescale(), 1);
  end('everywhere', numbers.filter((n) => n < 100).broadcast(), 3);
  end('first only', numbers.global(), 2);
  end(
    'last of six',
    numbers
      .keyBy((n) => n % 6)
      .reduce((a, b) => Math.max(a, b))
      .uid('highest')
      .setParallelism(3)
      .filter((n) => n >= RECORDS - 6),
  );

  // Streams that meet.
  const negative = numbers.map((n) => -n).name('negative');
  end('both signs', numbers.union(negative));
  end('twice', numbers.union(numbers));
  end('three ways', numbers.keyBy((n) => n).union(negative.rebalance(), negative.broadcast()), 2);
  end(
    'keyed and united',
    numbers
      .union(negative)
      .keyBy((n) => n % 7)
      .map((n) => n),
  );

  // Side outputs that part again, cross an exchange and meet.
  const parted = numbers.process(new Small()).name('parted');
  end('large', parted);
  end('small', parted.getSideOutput(small));
  end('small, elsewhere', parted.getSideOutput(small).rebalance(), 3);
  end('united again', parted.union(parted.getSideOutput(small), parted.getSideOutput(small)));

  // Chains by hand.
  const alone = numbers
    .map((n) => n + 1)
    .name('alone')
    .disableChaining();
  end('alone', alone);
  const head = alone
    .map((n) => n + 1)
    .name('head')
    .startNewChain()
    .map((n) => n + 1)
    .name('tail');
  end('chained', head);
});
