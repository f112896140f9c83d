package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The readings of a key so far. */
public final class Totals implements FlatRecord<Totals> {
    public static final RecordType<Totals> TYPE = new RecordType<>(Totals.class, Totals::new);

    public int key;
    public int count;
    public long sum;

    public Totals() {}

    public Totals(int key, int count, long sum) {
        this.key = key;
        this.count = count;
        this.sum = sum;
    }

    @Override
    public void copyTo(Totals target) {
        target.key = key;
        target.count = count;
        target.sum = sum;
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeInt(key);
        out.writeInt(count);
        out.writeLong(sum);
    }

    @Override
    public void read(DataInputView in) throws IOException {
        key = in.readInt();
        count = in.readInt();
        sum = in.readLong();
    }
}
