package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

public final class BidInEuros implements FlatRecord<BidInEuros> {
    public static final RecordType<BidInEuros> TYPE = new RecordType<>(BidInEuros.class, BidInEuros::new);

    public int auction;
    public int bidder;
    public int price;
    public long dateTime;
    public String extra;

    public BidInEuros() {}

    public BidInEuros(int auction, int bidder, int price, long dateTime, String extra) {
        this.auction = auction;
        this.bidder = bidder;
        this.price = price;
        this.dateTime = dateTime;
        this.extra = extra;
    }

    @Override
    public void copyTo(BidInEuros target) {
        target.auction = auction;
        target.bidder = bidder;
        target.price = price;
        target.dateTime = dateTime;
        target.extra = extra;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(auction);
        out.writeInt(bidder);
        out.writeInt(price);
        out.writeLong(dateTime);
        StringValue.writeString(extra, out);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        auction = in.readInt();
        bidder = in.readInt();
        price = in.readInt();
        dateTime = in.readLong();
        extra = StringValue.readString(in);
    }
}
