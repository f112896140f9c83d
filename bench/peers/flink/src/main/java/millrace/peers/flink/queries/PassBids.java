package millrace.peers.flink.queries;

import millrace.peers.flink.generator.Bid;
import millrace.peers.flink.results.RowForm;

/** {@code q0}: every bid. */
final class PassBids implements Query {
    @Override
    public void build(Workload workload) {
        workload.results(workload.bids(bid -> bid, Bid.TYPE), RowForm.ofAll(bid -> bid.price, BidForm::text));
    }
}
