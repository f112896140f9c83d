package millrace.peers.flink.results;

import java.util.HashMap;
import java.util.Map;

/** Makes every row's text and takes the check value of each key's last. */
final class LastRowsTally<T> implements Tally<T> {
    private final RowForm<T> form;
    private final Map<Object, String> lastRows = new HashMap<>();

    LastRowsTally(RowForm<T> form) {
        this.form = form;
    }

    @Override
    public void add(T row) {
        lastRows.put(form.key().apply(row), form.text().apply(row));
    }

    @Override
    public Result result() {
        CheckValue check = new CheckValue();
        lastRows.values().forEach(check::add);
        return check.result();
    }
}
