package millrace.peers.flink.results;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Where the rows of a query end. */
public final class ResultSink<T> implements Sink<T> {
    private final RowForm<T> form;
    private final String folder;
    private final boolean isChecked;

    /** The folder exists and can be reached by all subtasks: each leaves a file with its part of the result there. */
    public ResultSink(RowForm<T> form, String folder, boolean isChecked) {
        this.form = form;
        this.folder = folder;
        this.isChecked = isChecked;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
        return new ResultWriter<>(tally(), folder, context.getTaskInfo().getIndexOfThisSubtask());
    }

    private Tally<T> tally() {
        if (!isChecked) {
            return new CountingTally<>(form.number());
        }
        return form.key() == null ? new CheckingTally<>(form.text()) : new LastRowsTally<>(form);
    }
}
