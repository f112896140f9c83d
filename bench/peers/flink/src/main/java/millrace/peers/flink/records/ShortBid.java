package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A bid without its strings. */
public final class ShortBid implements FlatRecord<ShortBid> {
    public static final RecordType<ShortBid> TYPE = new RecordType<>(ShortBid.class, ShortBid::new);

    public int auction;
    public int bidder;
    public int price;
    public long dateTime;

    public ShortBid() {}

    public ShortBid(int auction, int bidder, int price, long dateTime) {
        this.auction = auction;
        this.bidder = bidder;
        this.price = price;
        this.dateTime = dateTime;
    }

    @Override
    public void copyTo(ShortBid target) {
        target.auction = auction;
        target.bidder = bidder;
        target.price = price;
        target.dateTime = dateTime;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(auction);
        out.writeInt(bidder);
        out.writeInt(price);
        out.writeLong(dateTime);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        auction = in.readInt();
        bidder = in.readInt();
        price = in.readInt();
        dateTime = in.readLong();
    }
}
