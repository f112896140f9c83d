package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** An auction and where its seller lives. */
public final class LocalAuction implements FlatRecord<LocalAuction> {
    public static final RecordType<LocalAuction> TYPE = new RecordType<>(LocalAuction.class, LocalAuction::new);

    public String name;
    public String city;
    public String state;
    public int auction;

    public LocalAuction() {}

    public LocalAuction(String name, String city, String state, int auction) {
        this.name = name;
        this.city = city;
        this.state = state;
        this.auction = auction;
    }

    @Override
    public void copyTo(LocalAuction target) {
        target.name = name;
        target.city = city;
        target.state = state;
        target.auction = auction;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        StringValue.writeString(name, out);
        StringValue.writeString(city, out);
        StringValue.writeString(state, out);
        out.writeInt(auction);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        name = StringValue.readString(in);
        city = StringValue.readString(in);
        state = StringValue.readString(in);
        auction = in.readInt();
    }
}
