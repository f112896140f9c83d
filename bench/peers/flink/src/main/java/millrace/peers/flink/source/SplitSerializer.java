package millrace.peers.flink.source;

import java.nio.ByteBuffer;
import org.apache.flink.core.io.SimpleVersionedSerializer;

final class SplitSerializer implements SimpleVersionedSerializer<ResidueSplit> {
    static final int SIZE_BYTES = 3 * Integer.BYTES + Long.BYTES;

    @Override
    public int getVersion() {
        return 1;
    }

    @Override
    public byte[] serialize(ResidueSplit split) {
        ByteBuffer buffer = ByteBuffer.allocate(SIZE_BYTES);
        write(split, buffer);
        return buffer.array();
    }

    @Override
    public ResidueSplit deserialize(int version, byte[] bytes) {
        return read(ByteBuffer.wrap(bytes));
    }

    static void write(ResidueSplit split, ByteBuffer buffer) {
        buffer.putInt(split.residue).putInt(split.modulus).putInt(split.end).putLong(split.position());
    }

    static ResidueSplit read(ByteBuffer buffer) {
        return new ResidueSplit(buffer.getInt(), buffer.getInt(), buffer.getInt(), buffer.getLong());
    }
}
