package millrace.peers.flink.generator;

import millrace.peers.flink.records.Reading;
import millrace.peers.flink.source.EventFunction;

/** The events of the query {@code keyed}: a value for one of a million keys, no strings. */
public final class ReadingGenerator implements EventFunction<Reading> {
    private static final int KEYS = 1_000_000;

    @Override
    public Reading at(int number) {
        Reading reading = new Reading();
        reading.key = new RandomNumbers(number, RandomNumbers.OF_KEY).below(KEYS);
        reading.value = number % 1000;
        return reading;
    }
}
