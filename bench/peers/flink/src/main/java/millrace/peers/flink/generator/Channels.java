package millrace.peers.flink.generator;

/** Where bids come from: half of them from four channels, the others from ten thousand. */
final class Channels {
    private static final int COUNT = 10_000;
    private static final String[] HOT_NAMES = {"Google", "Facebook", "Baidu", "Apple"};
    private static final String[] HOT_URLS = new String[HOT_NAMES.length];
    private static final String[] NAMES = new String[COUNT];
    private static final String[] URLS = new String[COUNT];

    static {
        for (int i = 0; i < HOT_NAMES.length; i++) {
            HOT_URLS[i] = "https://www.nexmark.com/hot/" + i;
        }
        for (int i = 0; i < COUNT; i++) {
            NAMES[i] = "channel-" + i;
            URLS[i] = url(i);
        }
    }

    private Channels() {}

    /** Sets the bid's channel and url. */
    static void choose(Bid bid, RandomNumbers random) {
        if (random.below(2) > 0) {
            int channel = random.below(HOT_NAMES.length);
            bid.channel = HOT_NAMES[channel];
            bid.url = HOT_URLS[channel];
        } else {
            int channel = random.below(COUNT);
            bid.channel = NAMES[channel];
            bid.url = URLS[channel];
        }
    }

    private static String url(int channel) {
        RandomNumbers random = new RandomNumbers(channel, RandomNumbers.OF_CHANNEL);
        String path = Texts.ofLength(5, random) + "/" + Texts.ofLength(5, random) + "/" + Texts.ofLength(5, random);
        String parameter = channel % 10 == 0 ? "" : "&channel_id=" + channel;
        return "https://www.nexmark.com/" + path + "/item.htm?query=1" + parameter;
    }
}
