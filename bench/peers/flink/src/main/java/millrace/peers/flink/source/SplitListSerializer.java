package millrace.peers.flink.source;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;

final class SplitListSerializer implements SimpleVersionedSerializer<List<ResidueSplit>> {
    @Override
    public int getVersion() {
        return 1;
    }

    @Override
    public byte[] serialize(List<ResidueSplit> splits) {
        ByteBuffer buffer = ByteBuffer.allocate(splits.size() * SplitSerializer.SIZE_BYTES);
        for (ResidueSplit split : splits) {
            SplitSerializer.write(split, buffer);
        }
        return buffer.array();
    }

    @Override
    public List<ResidueSplit> deserialize(int version, byte[] bytes) {
        List<ResidueSplit> splits = new ArrayList<>();
        for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
            splits.add(SplitSerializer.read(buffer));
        }
        return splits;
    }
}
