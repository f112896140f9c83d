package millrace.peers.flink.queries;

import java.time.Duration;
import java.util.List;
import millrace.peers.flink.records.ShortBid;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/**
 * {@code q7}: the highest bids of each 10 s. One subtask sees all bids: to find the highest of parts of them first, on all
 * subtasks, takes Flink at least half as long again, be the parts sixteen or one for each auction.
 */
final class HighestBids implements Query {
    private static final Duration SIZE = Duration.ofSeconds(10);
    private static final TypeInformation<List<ShortBid>> LIST = Types.LIST(ShortBid.TYPE);

    @Override
    public void build(Workload workload) {
        FlatMapFunction<List<ShortBid>, ShortBid> each = (bids, out) -> bids.forEach(out::collect);
        DataStream<ShortBid> highest = workload.bids(
                        bid -> new ShortBid(bid.auction, bid.bidder, bid.price, bid.dateTime), ShortBid.TYPE)
                .windowAll(TumblingEventTimeWindows.of(SIZE))
                .aggregate(new Highest<>(bid -> bid.price), LIST, LIST)
                .flatMap(each, ShortBid.TYPE);
        workload.results(
                highest,
                RowForm.ofAll(
                        bid -> bid.price,
                        bid -> bid.auction + "|" + bid.price + "|" + bid.bidder + "|" + bid.dateTime));
    }
}
