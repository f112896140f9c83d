package millrace.peers.flink.records;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

final class RecordSerializer<T extends FlatRecord<T>> extends TypeSerializer<T> {
    final Class<T> recordClass;
    final RecordType.Factory<T> factory;

    RecordSerializer(Class<T> recordClass, RecordType.Factory<T> factory) {
        this.recordClass = recordClass;
        this.factory = factory;
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    /** It has no state, so that threads may share it. */
    @Override
    public TypeSerializer<T> duplicate() {
        return this;
    }

    @Override
    public T createInstance() {
        return factory.get();
    }

    @Override
    public T copy(T from) {
        return copy(from, factory.get());
    }

    @Override
    public T copy(T from, T reuse) {
        from.copyTo(reuse);
        return reuse;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(T record, DataOutputView out) throws IOException {
        record.write(out);
    }

    @Override
    public T deserialize(DataInputView in) throws IOException {
        return deserialize(factory.get(), in);
    }

    @Override
    public T deserialize(T reuse, DataInputView in) throws IOException {
        reuse.read(in);
        return reuse;
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordSerializer<?> serializer && serializer.recordClass == recordClass;
    }

    @Override
    public int hashCode() {
        return recordClass.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return new RecordSerializerSnapshot<>(this);
    }
}
