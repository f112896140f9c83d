package millrace.peers.flink.queries;

import millrace.peers.flink.records.AuctionOfSeller;
import millrace.peers.flink.records.LocalAuction;
import millrace.peers.flink.records.LocalPerson;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/** A person comes once, and is kept for ever. Auctions are kept until their seller comes. */
final class LocalAuctionJoin extends KeyedCoProcessFunction<Integer, AuctionOfSeller, LocalPerson, LocalAuction> {
    private transient ValueState<LocalPerson> seller;
    private transient ListState<Integer> waitingAuctions;

    @Override
    public void open(OpenContext context) {
        seller = getRuntimeContext().getState(new ValueStateDescriptor<>("seller", LocalPerson.TYPE));
        waitingAuctions = getRuntimeContext().getListState(new ListStateDescriptor<>("waiting-auctions", Types.INT));
    }

    @Override
    public void processElement1(AuctionOfSeller auction, Context context, Collector<LocalAuction> out)
            throws Exception {
        LocalPerson person = seller.value();
        if (person == null) {
            waitingAuctions.add(auction.auction);
        } else {
            out.collect(joined(person, auction.auction));
        }
    }

    @Override
    public void processElement2(LocalPerson person, Context context, Collector<LocalAuction> out) throws Exception {
        seller.update(person);
        for (int auction : waitingAuctions.get()) {
            out.collect(joined(person, auction));
        }
        waitingAuctions.clear();
    }

    private static LocalAuction joined(LocalPerson person, int auction) {
        return new LocalAuction(person.name, person.city, person.state, auction);
    }
}
