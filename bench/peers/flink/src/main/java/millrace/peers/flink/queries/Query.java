package millrace.peers.flink.queries;

/** Adds its operators, from the source to the sink, to a job. */
@FunctionalInterface
public interface Query {
    void build(Workload workload);
}
