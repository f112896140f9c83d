package millrace.peers.flink.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;

/** Hands split i to reader i. After a change of parallelism the readers keep the splits that they restore. */
final class ResidueEnumerator implements SplitEnumerator<ResidueSplit, List<ResidueSplit>> {
    private final SplitEnumeratorContext<ResidueSplit> context;
    private final List<ResidueSplit> unassigned;

    ResidueEnumerator(SplitEnumeratorContext<ResidueSplit> context, List<ResidueSplit> unassigned) {
        this.context = context;
        this.unassigned = new ArrayList<>(unassigned);
    }

    @Override
    public void start() {}

    @Override
    public void addReader(int reader) {
        assign(reader);
    }

    @Override
    public void addSplitsBack(List<ResidueSplit> splits, int reader) {
        unassigned.addAll(splits);
        if (context.registeredReaders().containsKey(reader)) {
            assign(reader);
        }
    }

    @Override
    public void handleSplitRequest(int reader, String host) {
        throw new UnsupportedOperationException("Splits are not requested");
    }

    @Override
    public List<ResidueSplit> snapshotState(long checkpointId) {
        return List.copyOf(unassigned);
    }

    @Override
    public void close() {}

    private void assign(int reader) {
        int readers = context.currentParallelism();
        List<ResidueSplit> assigned = unassigned.stream().filter(split -> split.residue % readers == reader).toList();
        unassigned.removeAll(assigned);
        if (!assigned.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(new HashMap<>(Map.of(reader, assigned))));
        }
        context.signalNoMoreSplits(reader);
    }
}
