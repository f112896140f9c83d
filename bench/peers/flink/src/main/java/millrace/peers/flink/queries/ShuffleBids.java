package millrace.peers.flink.queries;

import millrace.peers.flink.generator.Bid;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.typeinfo.Types;

/** {@code shuffle}: every bid, whole, to the subtask of its auction. All of its strings have to arrive. */
final class ShuffleBids implements Query {
    @Override
    public void build(Workload workload) {
        workload.results(
                workload.bids(bid -> bid, Bid.TYPE).keyBy(bid -> bid.auction, Types.INT),
                RowForm.ofAll(
                        bid -> bid.price + bid.extra.length() + bid.url.length() + bid.channel.length(),
                        BidForm::text));
    }
}
