package millrace.peers.flink.source;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The events 0, 1, 2 and so on: subtask i of p makes those whose number leaves i when divided by p. */
public final class GeneratorSource<T> implements Source<T, ResidueSplit, List<ResidueSplit>> {
    private final EventFunction<T> events;
    private final int count;

    public GeneratorSource(EventFunction<T> events, int count) {
        this.events = events;
        this.count = count;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<T, ResidueSplit> createReader(SourceReaderContext context) {
        return new ResidueReader<>(events);
    }

    @Override
    public SplitEnumerator<ResidueSplit, List<ResidueSplit>> createEnumerator(
            SplitEnumeratorContext<ResidueSplit> context) {
        int modulus = context.currentParallelism();
        List<ResidueSplit> splits = IntStream.range(0, modulus)
                .mapToObj(residue -> new ResidueSplit(residue, modulus, count, residue))
                .toList();
        return new ResidueEnumerator(context, splits);
    }

    @Override
    public SplitEnumerator<ResidueSplit, List<ResidueSplit>> restoreEnumerator(
            SplitEnumeratorContext<ResidueSplit> context, List<ResidueSplit> unassigned) {
        return new ResidueEnumerator(context, unassigned);
    }

    @Override
    public SimpleVersionedSerializer<ResidueSplit> getSplitSerializer() {
        return new SplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<List<ResidueSplit>> getEnumeratorCheckpointSerializer() {
        return new SplitListSerializer();
    }
}
