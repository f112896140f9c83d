package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Who registered and opened an auction in the same window. */
public final class NewSeller implements FlatRecord<NewSeller> {
    public static final RecordType<NewSeller> TYPE = new RecordType<>(NewSeller.class, NewSeller::new);

    public int id;
    public String name;
    public long windowStart;

    public NewSeller() {}

    public NewSeller(int id, String name, long windowStart) {
        this.id = id;
        this.name = name;
        this.windowStart = windowStart;
    }

    @Override
    public void copyTo(NewSeller target) {
        target.id = id;
        target.name = name;
        target.windowStart = windowStart;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(id);
        StringValue.writeString(name, out);
        out.writeLong(windowStart);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        id = in.readInt();
        name = StringValue.readString(in);
        windowStart = in.readLong();
    }
}
