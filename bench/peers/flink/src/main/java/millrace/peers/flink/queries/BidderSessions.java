package millrace.peers.flink.queries;

import java.time.Duration;
import millrace.peers.flink.records.BidderSession;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/** {@code q11}: the bids of each bidder until there is none for 100 ms. */
final class BidderSessions implements Query {
    private static final Duration GAP = Duration.ofMillis(100);

    @Override
    public void build(Workload workload) {
        WindowFunction<Integer, BidderSession, Integer, TimeWindow> toRow = (bidder, window, counts, out) ->
                out.collect(new BidderSession(bidder, counts.iterator().next(), window.getStart(), window.getEnd()));
        DataStream<BidderSession> sessions = workload.bids(bid -> bid.bidder, Types.INT)
                .keyBy(bidder -> bidder, Types.INT)
                .window(EventTimeSessionWindows.withGap(GAP))
                .aggregate(new Counting<>(), toRow, Types.INT, BidderSession.TYPE);
        workload.results(
                sessions,
                RowForm.ofAll(row -> row.count, row -> row.bidder + "|" + row.count + "|" + row.start + "|" + row.end));
    }
}
