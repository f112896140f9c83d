package millrace.peers.flink.queries;

import millrace.peers.flink.records.ShortBid;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The last bid of every bidder for every auction, a row whenever there is a newer one. */
final class LastBids implements Query {
    private final RowForm<ShortBid> form;

    private LastBids(RowForm<ShortBid> form) {
        this.form = form;
    }

    /** {@code q18}. The rows depend on the order in which the bids of a pair arrive. */
    static LastBids withPrices() {
        return new LastBids(RowForm.ofAll(
                bid -> bid.price, bid -> bid.auction + "|" + bid.bidder + "|" + bid.price + "|" + bid.dateTime));
    }

    /** {@code q18final}: the last row of each pair, without the price, is the same for every order. */
    static LastBids ofPairs() {
        return new LastBids(RowForm.ofLast(
                bid -> bid.price, bid -> bid.auction + "|" + bid.bidder + "|" + bid.dateTime, LastBids::pair));
    }

    @Override
    public void build(Workload workload) {
        workload.results(
                workload.bids(
                                bid -> new ShortBid(bid.auction, bid.bidder, bid.price, bid.dateTime), ShortBid.TYPE)
                        .keyBy(LastBids::pair, Types.LONG)
                        .process(new KeepLast(), ShortBid.TYPE),
                form);
    }

    private static Long pair(ShortBid bid) {
        return (long) bid.bidder << Integer.SIZE | bid.auction;
    }

    private static final class KeepLast extends KeyedProcessFunction<Long, ShortBid, ShortBid> {
        private transient ValueState<Long> lastTime;

        @Override
        public void open(OpenContext context) {
            lastTime = getRuntimeContext().getState(new ValueStateDescriptor<>("last-time", Types.LONG));
        }

        @Override
        public void processElement(ShortBid bid, Context context, Collector<ShortBid> out) throws Exception {
            Long last = lastTime.value();
            if (last == null || bid.dateTime > last) {
                lastTime.update(bid.dateTime);
                out.collect(bid);
            }
        }
    }
}
