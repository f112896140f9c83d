package millrace.peers.flink.records;

import java.io.Serializable;
import java.util.function.Supplier;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink to use the record's own way of being written. */
public final class RecordType<T extends FlatRecord<T>> extends TypeInformation<T> {
    /** A supplier that can be shipped with the job. */
    public interface Factory<T> extends Supplier<T>, Serializable {}

    private final Class<T> recordClass;
    private final Factory<T> factory;

    public RecordType(Class<T> recordClass, Factory<T> factory) {
        this.recordClass = recordClass;
        this.factory = factory;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return new RecordSerializer<>(recordClass, factory);
    }

    @Override
    public Class<T> getTypeClass() {
        return recordClass;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof RecordType;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordType<?> type && type.recordClass == recordClass;
    }

    @Override
    public int hashCode() {
        return recordClass.hashCode();
    }

    @Override
    public String toString() {
        return recordClass.getSimpleName();
    }
}
