package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

public final class NewPerson implements FlatRecord<NewPerson> {
    public static final RecordType<NewPerson> TYPE = new RecordType<>(NewPerson.class, NewPerson::new);

    public int id;
    public String name;
    public long dateTime;

    public NewPerson() {}

    public NewPerson(int id, String name, long dateTime) {
        this.id = id;
        this.name = name;
        this.dateTime = dateTime;
    }

    @Override
    public void copyTo(NewPerson target) {
        target.id = id;
        target.name = name;
        target.dateTime = dateTime;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(id);
        StringValue.writeString(name, out);
        out.writeLong(dateTime);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        id = in.readInt();
        name = StringValue.readString(in);
        dateTime = in.readLong();
    }
}
