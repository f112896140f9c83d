package millrace.peers.flink.queries;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.functions.AggregateFunction;

/** All that have the highest number. */
final class Highest<T> implements AggregateFunction<T, List<T>, List<T>> {
    interface Number<T> extends ToIntFunction<T>, Serializable {}

    private final Number<T> number;

    Highest(Number<T> number) {
        this.number = number;
    }

    @Override
    public List<T> createAccumulator() {
        return new ArrayList<>(1);
    }

    @Override
    public List<T> add(T value, List<T> highest) {
        int difference = highest.isEmpty()
                ? 0
                : Integer.compare(number.applyAsInt(value), number.applyAsInt(highest.get(0)));
        if (difference > 0) {
            highest.clear();
        }
        if (difference >= 0) {
            highest.add(value);
        }
        return highest;
    }

    @Override
    public List<T> getResult(List<T> highest) {
        return highest;
    }

    @Override
    public List<T> merge(List<T> one, List<T> other) {
        other.forEach(value -> add(value, one));
        return one;
    }
}
