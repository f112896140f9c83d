package millrace.peers.flink.generator;

import millrace.peers.flink.records.FlatRecord;
import millrace.peers.flink.records.RecordType;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * One of the three, the others are null. An event goes no further than the operators that are chained to the source: what a
 * query needs of it is projected there.
 */
public final class Event implements FlatRecord<Event> {
    public static final RecordType<Event> TYPE = new RecordType<>(Event.class, Event::new);

    public Person person;
    public Auction auction;
    public Bid bid;

    public long dateTime() {
        return bid != null ? bid.dateTime : auction != null ? auction.dateTime : person.dateTime;
    }

    public String text() {
        return bid != null ? bid.text() : auction != null ? auction.text() : person.text();
    }

    @Override
    public void copyTo(Event target) {
        throw new UnsupportedOperationException("An event is not copied: object reuse must be on");
    }

    @Override
    public void write(DataOutputView out) {
        throw new UnsupportedOperationException("An event does not leave the source's chain");
    }

    @Override
    public void read(DataInputView in) {
        throw new UnsupportedOperationException("An event does not leave the source's chain");
    }
}
