package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

public final class BidderSession implements FlatRecord<BidderSession> {
    public static final RecordType<BidderSession> TYPE = new RecordType<>(BidderSession.class, BidderSession::new);

    public int bidder;
    public int count;
    public long start;
    public long end;

    public BidderSession() {}

    public BidderSession(int bidder, int count, long start, long end) {
        this.bidder = bidder;
        this.count = count;
        this.start = start;
        this.end = end;
    }

    @Override
    public void copyTo(BidderSession target) {
        target.bidder = bidder;
        target.count = count;
        target.start = start;
        target.end = end;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(bidder);
        out.writeInt(count);
        out.writeLong(start);
        out.writeLong(end);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        bidder = in.readInt();
        count = in.readInt();
        start = in.readLong();
        end = in.readLong();
    }
}
