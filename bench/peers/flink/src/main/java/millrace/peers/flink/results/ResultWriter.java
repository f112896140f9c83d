package millrace.peers.flink.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.connector.sink2.SinkWriter;

/** The tally is not part of checkpoints: a run that fails has no result. */
final class ResultWriter<T> implements SinkWriter<T> {
    private final Tally<T> tally;
    private final String folder;
    private final int subtask;

    ResultWriter(Tally<T> tally, String folder, int subtask) {
        this.tally = tally;
        this.folder = folder;
        this.subtask = subtask;
    }

    @Override
    public void write(T row, Context context) {
        tally.add(row);
    }

    @Override
    public void flush(boolean isEndOfInput) throws IOException {
        if (isEndOfInput) {
            Tally.Result result = tally.result();
            String json = "{\"rows\":" + result.rows() + ",\"sum\":" + result.sum() + "}\n";
            Files.writeString(Path.of(folder, "part-" + subtask), json);
        }
    }

    @Override
    public void close() {}
}
