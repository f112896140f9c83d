package millrace.peers.flink.queries;

import java.time.Duration;
import java.util.List;
import millrace.peers.flink.records.AuctionCount;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/** {@code q5}: the auctions with the most bids of the last 10 s, every 2 s. */
final class HotAuctions implements Query {
    private static final Duration SIZE = Duration.ofSeconds(10);
    private static final Duration SLIDE = Duration.ofSeconds(2);

    @Override
    public void build(Workload workload) {
        WindowFunction<Integer, AuctionCount, Integer, TimeWindow> toRow = (auction, window, counts, out) ->
                out.collect(new AuctionCount(auction, counts.iterator().next(), window.getStart()));
        FlatMapFunction<List<AuctionCount>, AuctionCount> each = (rows, out) -> rows.forEach(out::collect);
        DataStream<AuctionCount> counts = workload.bids(bid -> bid.auction, Types.INT)
                .keyBy(auction -> auction, Types.INT)
                .window(SlidingEventTimeWindows.of(SIZE, SLIDE))
                .aggregate(new Counting<>(), toRow, Types.INT, AuctionCount.TYPE);
        // The counts of a window carry its last time, so that a tumbling window as long as the slide holds them all.
        DataStream<AuctionCount> highest = counts.keyBy(row -> row.windowStart, Types.LONG)
                .window(TumblingEventTimeWindows.of(SLIDE))
                .aggregate(
                        new Highest<>(row -> row.count), Types.LIST(AuctionCount.TYPE), Types.LIST(AuctionCount.TYPE))
                .flatMap(each, AuctionCount.TYPE);
        workload.results(
                highest,
                RowForm.ofAll(row -> row.count, row -> row.auction + "|" + row.count + "|" + row.windowStart));
    }
}
