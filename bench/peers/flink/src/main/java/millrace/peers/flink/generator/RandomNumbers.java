package millrace.peers.flink.generator;

/** The random numbers of one event: a function of the event's number and of what they are for. */
final class RandomNumbers {
    static final int OF_EVENT = 1;
    static final int OF_TEXT = 2;
    static final int OF_CHANNEL = 3;
    static final int OF_KEY = 4;

    private int state;

    RandomNumbers(int number, int salt) {
        state = number * 0x9E3779B1 ^ salt * 0x85EBCA6B;
    }

    /** From 0 to below the bound. */
    int below(int bound) {
        return (int) (((next() & 0xFFFF_FFFFL) * bound) >>> 32);
    }

    private int next() {
        state += 0x6D2B79F5;
        int mixed = (state ^ state >>> 15) * (state | 1);
        mixed = mixed + (mixed ^ mixed >>> 7) * (mixed | 61) ^ mixed;
        return mixed ^ mixed >>> 14;
    }
}
