package millrace.peers.flink.queries;

import org.apache.flink.api.common.functions.AggregateFunction;

/** How many there are. */
final class Counting<T> implements AggregateFunction<T, Integer, Integer> {
    @Override
    public Integer createAccumulator() {
        return 0;
    }

    @Override
    public Integer add(T value, Integer count) {
        return count + 1;
    }

    @Override
    public Integer getResult(Integer count) {
        return count;
    }

    @Override
    public Integer merge(Integer one, Integer other) {
        return one + other;
    }
}
