package millrace.peers.flink.queries;

import millrace.peers.flink.generator.Event;
import millrace.peers.flink.results.RowForm;

/** {@code events}: every event with all of its fields, to check the generator. */
final class WholeEvents implements Query {
    @Override
    public void build(Workload workload) {
        workload.results(workload.events(), RowForm.ofAll(Event::dateTime, Event::text));
    }
}
