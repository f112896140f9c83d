package millrace.peers.flink.generator;

import java.io.IOException;
import millrace.peers.flink.records.FlatRecord;
import millrace.peers.flink.records.RecordType;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** The only kind of event that crosses an exchange whole. */
public final class Bid implements FlatRecord<Bid> {
    public static final RecordType<Bid> TYPE = new RecordType<>(Bid.class, Bid::new);

    public int auction;
    public int bidder;
    public int price;
    public String channel;
    public String url;
    public long dateTime;
    public String extra;

    String text() {
        return auction + "|" + bidder + "|" + price + "|" + channel + "|" + url + "|" + dateTime + "|" + extra;
    }

    @Override
    public void copyTo(Bid target) {
        target.auction = auction;
        target.bidder = bidder;
        target.price = price;
        target.channel = channel;
        target.url = url;
        target.dateTime = dateTime;
        target.extra = extra;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(auction);
        out.writeInt(bidder);
        out.writeInt(price);
        StringValue.writeString(channel, out);
        StringValue.writeString(url, out);
        out.writeLong(dateTime);
        StringValue.writeString(extra, out);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        auction = in.readInt();
        bidder = in.readInt();
        price = in.readInt();
        channel = StringValue.readString(in);
        url = StringValue.readString(in);
        dateTime = in.readLong();
        extra = StringValue.readString(in);
    }
}
