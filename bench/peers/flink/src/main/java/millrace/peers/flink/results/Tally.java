package millrace.peers.flink.results;

/** What one subtask of a sink keeps of its rows. */
interface Tally<T> {
    void add(T row);

    Result result();

    /** The sum is of the check values, or of the numbers when rows were only counted. */
    record Result(long rows, long sum) {}
}
