package millrace.peers.flink.source;

import java.io.Serializable;

/** The same event for the same number, always. */
@FunctionalInterface
public interface EventFunction<T> extends Serializable {
    T at(int number);
}
