package millrace.peers.flink.queries;

import java.time.Duration;
import millrace.peers.flink.generator.Event;
import millrace.peers.flink.records.NewPerson;
import millrace.peers.flink.records.NewSeller;
import millrace.peers.flink.results.RowForm;
import org.apache.flink.api.common.functions.CoGroupFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/** {@code q8}: who registered and opened an auction in the same 10 s. */
final class NewSellers implements Query {
    private static final Duration SIZE = Duration.ofSeconds(10);

    @Override
    public void build(Workload workload) {
        DataStream<Event> events = workload.events();
        DataStream<NewPerson> persons = Workload.persons(
                events, person -> new NewPerson(person.id, person.name, person.dateTime), NewPerson.TYPE);
        DataStream<Integer> sellers = Workload.auctions(events, auction -> auction.seller, Types.INT);
        CoGroupFunction<NewPerson, Integer, NewSeller> match = (registered, opened, out) -> {
            if (opened.iterator().hasNext()) {
                for (NewPerson person : registered) {
                    out.collect(new NewSeller(person.id, person.name, windowStart(person.dateTime)));
                }
            }
        };
        DataStream<NewSeller> matches = persons.coGroup(sellers)
                .where(person -> person.id, Types.INT)
                .equalTo(seller -> seller, Types.INT)
                .window(TumblingEventTimeWindows.of(SIZE))
                .apply(match, NewSeller.TYPE);
        workload.results(
                matches, RowForm.ofAll(row -> row.id, row -> row.id + "|" + row.name + "|" + row.windowStart));
    }

    private static long windowStart(long time) {
        return time - time % SIZE.toMillis();
    }
}
