/** Auctions of one category by people of some states: a join without a time bound, so that both sides are kept. */
import { job, KeyedCoProcessFunction, listState, valueState } from 'millrace';
import type { Collector } from 'millrace';
import { eventStream, isAuction, isPerson } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';

const CATEGORY = 10;
const STATES: ReadonlySet<string> = new Set(['OR', 'ID', 'CA']);

interface OpenAuction {
  readonly auction: number;
  readonly seller: number;
}

interface Seller {
  readonly id: number;
  readonly name: string;
  readonly city: string;
  readonly state: string;
}

interface LocalAuction extends Omit<Seller, 'id'> {
  readonly auction: number;
}

/** A person comes once, and stays. Auctions wait until their seller has come. */
class SellerJoin extends KeyedCoProcessFunction<number, OpenAuction, Seller, LocalAuction> {
  state = { seller: valueState<Seller>('seller'), waiting: listState<number>('waiting') };

  override processElement1({ auction }: OpenAuction, _ctx: this['Context'], out: Collector<LocalAuction>): void {
    const seller = this.state.seller.value();
    if (seller === undefined) this.state.waiting.add(auction);
    else out.collect(localAuction(seller, auction));
  }

  override processElement2(seller: Seller, _ctx: this['Context'], out: Collector<LocalAuction>): void {
    this.state.seller.update(seller);
    for (const auction of this.state.waiting.get()) out.collect(localAuction(seller, auction));
    this.state.waiting.clear();
  }
}

function localAuction({ name, city, state }: Seller, auction: number): LocalAuction {
  return { name, city, state, auction };
}

export default job('nexmark-q3', (env) => {
  const events = eventStream(env);
  const auctions = events
    .filter(isAuction)
    .filter(({ category }) => category === CATEGORY)
    .map(({ id, seller }): OpenAuction => ({ auction: id, seller }));
  const persons = events
    .filter(isPerson)
    .filter(({ state }) => STATES.has(state))
    .map(({ id, name, city, state }): Seller => ({ id, name, city, state }));
  auctions
    .keyBy(({ seller }) => seller)
    .connect(persons.keyBy(({ id }) => id))
    .process(new SellerJoin())
    .uid('seller-join')
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ auction }) => auction,
        text: ({ name, city, state, auction }) => `${name}|${city}|${state}|${auction}`,
      }),
    )
    .uid('results');
});
