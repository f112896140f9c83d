package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What a checkpoint keeps of a serializer: the class of the records. */
public final class RecordSerializerSnapshot<T extends FlatRecord<T>> implements TypeSerializerSnapshot<T> {
    private RecordSerializer<T> serializer;

    /** For Flink, which calls {@link #readSnapshot} next. */
    public RecordSerializerSnapshot() {}

    RecordSerializerSnapshot(RecordSerializer<T> serializer) {
        this.serializer = serializer;
    }

    @Override
    public int getCurrentVersion() {
        return 1;
    }

    @Override
    public void writeSnapshot(DataOutputView out) throws IOException {
        out.writeUTF(serializer.recordClass.getName());
    }

    @Override
    public void readSnapshot(int version, DataInputView in, ClassLoader classLoader) throws IOException {
        try {
            serializer = serializerOf(Class.forName(in.readUTF(), true, classLoader));
        } catch (ReflectiveOperationException e) {
            throw new IOException(e);
        }
    }

    @Override
    public TypeSerializer<T> restoreSerializer() {
        return serializer;
    }

    @Override
    public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(TypeSerializerSnapshot<T> before) {
        boolean isSame = before instanceof RecordSerializerSnapshot<?> snapshot && snapshot.serializer.equals(serializer);
        return isSame
                ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                : TypeSerializerSchemaCompatibility.incompatible();
    }

    /** Every record class has its type in the constant TYPE. */
    @SuppressWarnings("unchecked")
    private RecordSerializer<T> serializerOf(Class<?> recordClass) throws ReflectiveOperationException {
        RecordType<T> type = (RecordType<T>) recordClass.getField("TYPE").get(null);
        return (RecordSerializer<T>) type.createSerializer(null);
    }
}
