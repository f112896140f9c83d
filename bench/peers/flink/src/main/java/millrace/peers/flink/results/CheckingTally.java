package millrace.peers.flink.results;

import java.util.function.Function;

/** Makes every row's text and takes the check value of all. */
final class CheckingTally<T> implements Tally<T> {
    private final Function<T, String> text;
    private final CheckValue check = new CheckValue();

    CheckingTally(Function<T, String> text) {
        this.text = text;
    }

    @Override
    public void add(T row) {
        check.add(text.apply(row));
    }

    @Override
    public Result result() {
        return check.result();
    }
}
