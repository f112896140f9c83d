/** Each bid of a bidder for an auction that is newer than the last one of the same pair. What q18 and q18final have in common. */
import { KeyedProcessFunction, valueState } from 'millrace';
import type { Collector, DataStream, StreamExecutionEnvironment } from 'millrace';
import { bidStream } from './event-streams.ts';

export interface PairBid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly dateTime: number;
}

class NewerBids extends KeyedProcessFunction<number, PairBid, PairBid> {
  state = { lastTime: valueState<number>('last-time') };

  override processElement(bid: PairBid, _ctx: this['Context'], out: Collector<PairBid>): void {
    const lastTime = this.state.lastTime.value();
    if (lastTime !== undefined && bid.dateTime <= lastTime) return;
    this.state.lastTime.update(bid.dateTime);
    out.collect(bid);
  }
}

export function lastBids(env: StreamExecutionEnvironment): DataStream<PairBid> {
  return bidStream(env)
    .map(({ auction, bidder, price, dateTime }): PairBid => ({ auction, bidder, price, dateTime }))
    .keyBy(pairOf)
    .process(new NewerBids())
    .uid('newer-bids');
}

/** A number for each pair, which is cheaper as a key than an array of two. Auctions are below 2^26 and bidders below 2^27. */
export function pairOf({ bidder, auction }: PairBid): number {
  return bidder * 2 ** 26 + auction;
}
