package millrace.peers.flink.queries;

import millrace.peers.flink.generator.Bid;

final class BidForm {
    private BidForm() {}

    static String text(Bid bid) {
        return text(bid.auction, bid.bidder, bid.price, bid.dateTime, bid.extra);
    }

    static String text(int auction, int bidder, int price, long dateTime, String extra) {
        return auction + "|" + bidder + "|" + price + "|" + dateTime + "|" + extra;
    }
}
