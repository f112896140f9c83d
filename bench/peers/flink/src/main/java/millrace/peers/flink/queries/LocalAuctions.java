package millrace.peers.flink.queries;

import java.util.Set;
import millrace.peers.flink.generator.Auction;
import millrace.peers.flink.generator.Event;
import millrace.peers.flink.generator.Person;
import millrace.peers.flink.records.AuctionOfSeller;
import millrace.peers.flink.records.LocalAuction;
import millrace.peers.flink.records.LocalPerson;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;

/** {@code q3}: the auctions of one category that persons of three states opened. */
final class LocalAuctions implements Query {
    private static final int CATEGORY = 10;
    private static final Set<String> STATES = Set.of("OR", "ID", "CA");

    @Override
    public void build(Workload workload) {
        DataStream<Event> events = workload.events();
        DataStream<AuctionOfSeller> auctions =
                Workload.auctions(events, LocalAuctions::ofCategory, AuctionOfSeller.TYPE);
        DataStream<LocalPerson> persons = Workload.persons(events, LocalAuctions::ofStates, LocalPerson.TYPE);
        DataStream<LocalAuction> joined = auctions
                .keyBy(auction -> auction.seller, Types.INT)
                .connect(persons.keyBy(person -> person.id, Types.INT))
                .process(new LocalAuctionJoin(), LocalAuction.TYPE);
        workload.results(
                joined,
                RowForm.ofAll(
                        row -> row.auction,
                        row -> row.name + "|" + row.city + "|" + row.state + "|" + row.auction));
    }

    private static AuctionOfSeller ofCategory(Auction auction) {
        return auction.category == CATEGORY ? new AuctionOfSeller(auction.seller, auction.id) : null;
    }

    private static LocalPerson ofStates(Person person) {
        return STATES.contains(person.state)
                ? new LocalPerson(person.id, person.name, person.city, person.state)
                : null;
    }
}
