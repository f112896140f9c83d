package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

public final class Reading implements FlatRecord<Reading> {
    public static final RecordType<Reading> TYPE = new RecordType<>(Reading.class, Reading::new);

    public int key;
    public int value;

    public Reading() {}

    public Reading(int key, int value) {
        this.key = key;
        this.value = value;
    }

    @Override
    public void copyTo(Reading target) {
        target.key = key;
        target.value = value;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(key);
        out.writeInt(value);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        key = in.readInt();
        value = in.readInt();
    }
}
