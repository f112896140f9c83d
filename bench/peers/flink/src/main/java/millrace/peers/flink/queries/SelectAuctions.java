package millrace.peers.flink.queries;

import millrace.peers.flink.generator.Event;
import millrace.peers.flink.records.AuctionPrice;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.functions.FlatMapFunction;

/** {@code q2}: the bids for every 123rd auction. */
final class SelectAuctions implements Query {
    private static final int STEP = 123;

    @Override
    public void build(Workload workload) {
        FlatMapFunction<Event, AuctionPrice> select = (event, out) -> {
            if (event.bid != null && event.bid.auction % STEP == 0) {
                out.collect(new AuctionPrice(event.bid.auction, event.bid.price));
            }
        };
        workload.results(
                workload.events().flatMap(select, AuctionPrice.TYPE),
                RowForm.ofAll(row -> row.price, row -> row.auction + "|" + row.price));
    }
}
