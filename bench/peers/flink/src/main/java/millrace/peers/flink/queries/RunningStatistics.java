package millrace.peers.flink.queries;

import millrace.peers.flink.records.AuctionPrice;
import millrace.peers.flink.records.PriceStatistics;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** {@code q17lite}: statistics of each auction's bids, a row for every bid. */
final class RunningStatistics implements Query {
    @Override
    public void build(Workload workload) {
        workload.results(
                workload.bids(bid -> new AuctionPrice(bid.auction, bid.price), AuctionPrice.TYPE)
                        .keyBy(bid -> bid.auction, Types.INT)
                        .process(new Update(), PriceStatistics.TYPE),
                RowForm.ofLast(
                        row -> row.sum,
                        row -> row.auction + "|" + row.count + "|" + row.min + "|" + row.max + "|" + row.sum,
                        row -> row.auction));
    }

    private static final class Update extends KeyedProcessFunction<Integer, AuctionPrice, PriceStatistics> {
        private transient ValueState<PriceStatistics> statistics;

        @Override
        public void open(OpenContext context) {
            statistics =
                    getRuntimeContext().getState(new ValueStateDescriptor<>("statistics", PriceStatistics.TYPE));
        }

        @Override
        public void processElement(AuctionPrice bid, Context context, Collector<PriceStatistics> out)
                throws Exception {
            PriceStatistics current = statistics.value();
            if (current == null) {
                current = new PriceStatistics(bid.auction, 0, bid.price, bid.price, 0);
            }
            current.count++;
            current.min = Math.min(current.min, bid.price);
            current.max = Math.max(current.max, bid.price);
            current.sum += bid.price;
            statistics.update(current);
            out.collect(
                    new PriceStatistics(current.auction, current.count, current.min, current.max, current.sum));
        }
    }
}
