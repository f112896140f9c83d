package millrace.peers.flink.queries;

import java.util.Map;

public final class Queries {
    private static final Map<String, Query> BY_NAME = Map.ofEntries(
            Map.entry("events", new WholeEvents()),
            Map.entry("q0", new PassBids()),
            Map.entry("q1", new ConvertPrices()),
            Map.entry("q2", new SelectAuctions()),
            Map.entry("q3", new LocalAuctions()),
            Map.entry("q5", new HotAuctions()),
            Map.entry("q7", new HighestBids()),
            Map.entry("q8", new NewSellers()),
            Map.entry("q11", new BidderSessions()),
            Map.entry("q17lite", new RunningStatistics()),
            Map.entry("q18", LastBids.withPrices()),
            Map.entry("q18final", LastBids.ofPairs()),
            Map.entry("shuffle", new ShuffleBids()),
            Map.entry("keyed", new RunningTotals()));

    private Queries() {}

    public static Query byName(String name) {
        Query query = BY_NAME.get(name);
        if (query == null) {
            throw new IllegalArgumentException("There is no query '" + name + "'");
        }
        return query;
    }
}
