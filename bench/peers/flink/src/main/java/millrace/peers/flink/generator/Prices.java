package millrace.peers.flink.generator;

/** Prices are spread evenly over the logarithm, from 1 to a million, in hundredths. */
final class Prices {
    private static final int COUNT = 1024;
    private static final int[] PRICES = new int[COUNT];

    static {
        for (int i = 0; i < COUNT; i++) {
            PRICES[i] = (int) Math.floor(Math.pow(10, 6.0 * i / COUNT) * 100 + 0.5);
        }
    }

    private Prices() {}

    static int any(RandomNumbers random) {
        return PRICES[random.below(COUNT)];
    }
}
