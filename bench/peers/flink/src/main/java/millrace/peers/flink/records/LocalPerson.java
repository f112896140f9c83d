package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

public final class LocalPerson implements FlatRecord<LocalPerson> {
    public static final RecordType<LocalPerson> TYPE = new RecordType<>(LocalPerson.class, LocalPerson::new);

    public int id;
    public String name;
    public String city;
    public String state;

    public LocalPerson() {}

    public LocalPerson(int id, String name, String city, String state) {
        this.id = id;
        this.name = name;
        this.city = city;
        this.state = state;
    }

    @Override
    public void copyTo(LocalPerson target) {
        target.id = id;
        target.name = name;
        target.city = city;
        target.state = state;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(id);
        StringValue.writeString(name, out);
        StringValue.writeString(city, out);
        StringValue.writeString(state, out);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        id = in.readInt();
        name = StringValue.readString(in);
        city = StringValue.readString(in);
        state = StringValue.readString(in);
    }
}
