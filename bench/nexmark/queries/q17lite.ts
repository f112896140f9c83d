/** Running statistics of each auction's bids: one row for every bid. */
import { job, KeyedProcessFunction, valueState } from 'millrace';
import type { Collector } from 'millrace';
import { bidStream } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';

interface Price {
  readonly auction: number;
  readonly price: number;
}

interface Statistics {
  count: number;
  min: number;
  max: number;
  sum: number;
}

interface AuctionStatistics extends Readonly<Statistics> {
  readonly auction: number;
}

class RunningStatistics extends KeyedProcessFunction<number, Price, AuctionStatistics> {
  state = { statistics: valueState<Statistics>('statistics') };

  override processElement({ auction, price }: Price, _ctx: this['Context'], out: Collector<AuctionStatistics>): void {
    const statistics = this.state.statistics.value() ?? { count: 0, min: price, max: price, sum: 0 };
    statistics.count++;
    statistics.min = Math.min(statistics.min, price);
    statistics.max = Math.max(statistics.max, price);
    statistics.sum += price;
    this.state.statistics.update(statistics);
    const { count, min, max, sum } = statistics;
    out.collect({ auction, count, min, max, sum });
  }
}

export default job('nexmark-q17lite', (env) => {
  bidStream(env)
    .map(({ auction, price }): Price => ({ auction, price }))
    .keyBy(({ auction }) => auction)
    .process(new RunningStatistics())
    .uid('statistics')
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ sum }) => sum,
        text: ({ auction, count, min, max, sum }) => `${auction}|${count}|${min}|${max}|${sum}`,
        key: ({ auction }) => auction,
      }),
    )
    .uid('results');
});
