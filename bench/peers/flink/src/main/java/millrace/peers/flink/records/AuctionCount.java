package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The bids for an auction in a window. */
public final class AuctionCount implements FlatRecord<AuctionCount> {
    public static final RecordType<AuctionCount> TYPE = new RecordType<>(AuctionCount.class, AuctionCount::new);

    public int auction;
    public int count;
    public long windowStart;

    public AuctionCount() {}

    public AuctionCount(int auction, int count, long windowStart) {
        this.auction = auction;
        this.count = count;
        this.windowStart = windowStart;
    }

    @Override
    public void copyTo(AuctionCount target) {
        target.auction = auction;
        target.count = count;
        target.windowStart = windowStart;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(auction);
        out.writeInt(count);
        out.writeLong(windowStart);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        auction = in.readInt();
        count = in.readInt();
        windowStart = in.readLong();
    }
}
