package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A record that writes and reads its own fields: no reflection, no flags for null, no boxes. */
public interface FlatRecord<T extends FlatRecord<T>> {
    void copyTo(T target);

    void write(DataOutputView out) throws IOException;

    void read(DataInputView in) throws IOException;
}
