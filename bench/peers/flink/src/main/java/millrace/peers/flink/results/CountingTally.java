package millrace.peers.flink.results;

/** Adds up one number of each row, makes no text. */
final class CountingTally<T> implements Tally<T> {
    private final RowForm.Number<T> number;
    private long rows;
    private long sum;

    CountingTally(RowForm.Number<T> number) {
        this.number = number;
    }

    @Override
    public void add(T row) {
        rows++;
        sum += number.applyAsLong(row);
    }

    @Override
    public Result result() {
        return new Result(rows, sum);
    }
}
