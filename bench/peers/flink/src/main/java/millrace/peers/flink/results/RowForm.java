package millrace.peers.flink.results;

import java.io.Serializable;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** What is counted and checked of a query's rows. The key is null where every row is part of the result, not only each key's last. */
public record RowForm<T>(Number<T> number, Text<T> text, Key<T> key) implements Serializable {
    public interface Number<T> extends ToLongFunction<T>, Serializable {}

    public interface Text<T> extends Function<T, String>, Serializable {}

    public interface Key<T> extends Function<T, Object>, Serializable {}

    public static <T> RowForm<T> ofAll(Number<T> number, Text<T> text) {
        return new RowForm<>(number, text, null);
    }

    public static <T> RowForm<T> ofLast(Number<T> number, Text<T> text, Key<T> key) {
        return new RowForm<>(number, text, key);
    }
}
