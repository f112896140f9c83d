package millrace.peers.flink.source;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

/** One event for each call, from its splits in turn. */
final class ResidueReader<T> implements SourceReader<T, ResidueSplit> {
    private final EventFunction<T> events;
    private final List<ResidueSplit> splits = new ArrayList<>();
    private int turn;
    private boolean hasAllSplits;
    private CompletableFuture<Void> changed = new CompletableFuture<>();

    ResidueReader(EventFunction<T> events) {
        this.events = events;
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) {
        if (splits.isEmpty()) {
            return hasAllSplits ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        }
        ResidueSplit split = splits.get(turn);
        if (split.isFinished()) {
            splits.remove(turn);
        } else {
            output.collect(events.at(split.take()));
            turn++;
        }
        if (turn >= splits.size()) {
            turn = 0;
        }
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public List<ResidueSplit> snapshotState(long checkpointId) {
        return splits.stream().map(ResidueSplit::copy).toList();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return splits.isEmpty() && !hasAllSplits ? changed : CompletableFuture.completedFuture(null);
    }

    @Override
    public void addSplits(List<ResidueSplit> added) {
        splits.addAll(added);
        signalChange();
    }

    @Override
    public void notifyNoMoreSplits() {
        hasAllSplits = true;
        signalChange();
    }

    @Override
    public void close() {}

    private void signalChange() {
        changed.complete(null);
        changed = new CompletableFuture<>();
    }
}
