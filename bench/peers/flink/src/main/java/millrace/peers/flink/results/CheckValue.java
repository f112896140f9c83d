package millrace.peers.flink.results;

import java.nio.charset.StandardCharsets;

/** The number of rows and the sum, modulo 2^32, of the hash FNV-1a of each row. The order of the rows does not matter. */
final class CheckValue {
    private static final int OFFSET_BASIS = 0x811C9DC5;
    private static final int PRIME = 0x01000193;

    private long rows;
    private int sum;

    void add(String row) {
        rows++;
        sum += hash(row.getBytes(StandardCharsets.UTF_8));
    }

    Tally.Result result() {
        return new Tally.Result(rows, Integer.toUnsignedLong(sum));
    }

    private static int hash(byte[] bytes) {
        int hash = OFFSET_BASIS;
        for (byte value : bytes) {
            hash = (hash ^ Byte.toUnsignedInt(value)) * PRIME;
        }
        return hash;
    }
}
