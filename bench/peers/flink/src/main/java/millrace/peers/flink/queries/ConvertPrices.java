package millrace.peers.flink.queries;

import millrace.peers.flink.generator.Bid;
import millrace.peers.flink.records.BidInEuros;
import millrace.peers.flink.results.RowForm;

/** {@code q1}: every bid with its price in euros. */
final class ConvertPrices implements Query {
    @Override
    public void build(Workload workload) {
        workload.results(
                workload.bids(ConvertPrices::inEuros, BidInEuros.TYPE),
                RowForm.ofAll(
                        bid -> bid.price,
                        bid -> BidForm.text(bid.auction, bid.bidder, bid.price, bid.dateTime, bid.extra)));
    }

    private static BidInEuros inEuros(Bid bid) {
        int price = (int) (bid.price * 908L / 1000);
        return new BidInEuros(bid.auction, bid.bidder, price, bid.dateTime, bid.extra);
    }
}
