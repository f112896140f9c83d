package millrace.peers.flink.generator;

/** Texts are pieces of one block of random letters. */
final class Texts {
    private static final int BLOCK_LENGTH = 65_536;
    private static final int POSITIONS = 65_000;
    private static final String BLOCK = block();

    private Texts() {}

    static String ofLength(int length, RandomNumbers random) {
        int start = random.below(POSITIONS);
        return BLOCK.substring(start, start + length);
    }

    /** A fifth longer or shorter at the most. */
    static String ofAverageLength(int average, RandomNumbers random) {
        int start = random.below(POSITIONS);
        int spread = average / 5;
        int length = average - spread + random.below(2 * spread + 1);
        return BLOCK.substring(start, start + length);
    }

    private static String block() {
        RandomNumbers random = new RandomNumbers(0, RandomNumbers.OF_TEXT);
        StringBuilder letters = new StringBuilder(BLOCK_LENGTH);
        for (int i = 0; i < BLOCK_LENGTH; i++) {
            letters.append((char) ('a' + random.below(26)));
        }
        return letters.toString();
    }
}
