package millrace.peers.flink.generator;

import millrace.peers.flink.source.EventFunction;

/** Of 50 events the first is a person, the next three are auctions, the others are bids. */
public final class EventGenerator implements EventFunction<Event> {
    private static final long FIRST_TIME_MS = 1_700_000_000_000L;
    private static final long EVENTS_PER_SECOND = 100_000;
    private static final int EPOCH = 50;
    private static final int AUCTIONS_PER_EPOCH = 3;
    private static final int FIRST_ID = 1000;
    private static final int HOT_IDS = 100;
    private static final int ACTIVE_PERSONS = 1000;

    private static final String[] FIRST_NAMES = {
        "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"
    };
    private static final String[] LAST_NAMES = {
        "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"
    };
    private static final String[] CITIES = {
        "Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"
    };
    private static final String[] STATES = {"AZ", "CA", "ID", "OR", "WA", "WY"};

    @Override
    public Event at(int number) {
        int epoch = number / EPOCH;
        int place = number % EPOCH;
        int lastAuction = AUCTIONS_PER_EPOCH * epoch + Math.min(place, AUCTIONS_PER_EPOCH) - 1;
        Event event = new Event();
        if (place == 0) {
            event.person = person(number, epoch);
        } else if (place <= AUCTIONS_PER_EPOCH) {
            event.auction = auction(number, epoch, lastAuction);
        } else {
            event.bid = bid(number, epoch, lastAuction);
        }
        return event;
    }

    // The draws are made in the order of the fields: another order gives other events.

    private static Person person(int number, int lastPerson) {
        RandomNumbers random = new RandomNumbers(number, RandomNumbers.OF_EVENT);
        Person person = new Person();
        person.id = FIRST_ID + lastPerson;
        person.name = any(FIRST_NAMES, random) + " " + any(LAST_NAMES, random);
        person.email = Texts.ofAverageLength(8, random) + "@" + Texts.ofAverageLength(6, random) + ".com";
        person.creditCard = creditCard(random);
        person.city = any(CITIES, random);
        person.state = any(STATES, random);
        person.dateTime = timeOf(number);
        person.extra = Texts.ofAverageLength(60, random);
        return person;
    }

    private static Auction auction(int number, int lastPerson, int lastAuction) {
        RandomNumbers random = new RandomNumbers(number, RandomNumbers.OF_EVENT);
        Auction auction = new Auction();
        auction.id = FIRST_ID + lastAuction;
        auction.itemName = Texts.ofAverageLength(10, random);
        auction.description = Texts.ofAverageLength(50, random);
        auction.initialBid = Prices.any(random);
        auction.reserve = auction.initialBid + Prices.any(random);
        auction.dateTime = timeOf(number);
        auction.expires = auction.dateTime + 1 + random.below(66);
        auction.seller = random.below(4) > 0 ? FIRST_ID + hot(lastPerson) : activePerson(lastPerson, random);
        auction.category = 10 + random.below(5);
        auction.extra = Texts.ofAverageLength(300, random);
        return auction;
    }

    private static Bid bid(int number, int lastPerson, int lastAuction) {
        RandomNumbers random = new RandomNumbers(number, RandomNumbers.OF_EVENT);
        Bid bid = new Bid();
        bid.auction = random.below(2) > 0 ? FIRST_ID + hot(lastAuction) : activeAuction(lastAuction, random);
        bid.bidder = random.below(4) > 0 ? FIRST_ID + hot(lastPerson) + 1 : activePerson(lastPerson, random);
        bid.price = Prices.any(random);
        Channels.choose(bid, random);
        bid.dateTime = timeOf(number);
        bid.extra = Texts.ofAverageLength(30, random);
        return bid;
    }

    private static long timeOf(int number) {
        return FIRST_TIME_MS + number * 1000L / EVENTS_PER_SECOND;
    }

    private static int hot(int last) {
        return last / HOT_IDS * HOT_IDS;
    }

    /** One of the last thousand, or one of the ten that come next. */
    private static int activePerson(int lastPerson, RandomNumbers random) {
        int persons = lastPerson + 1;
        int active = Math.min(persons, ACTIVE_PERSONS);
        return FIRST_ID + persons - active + random.below(active + 10);
    }

    /** One of the last hundred, or one of the ten that come next. */
    private static int activeAuction(int lastAuction, RandomNumbers random) {
        int oldest = Math.max(lastAuction - HOT_IDS, 0);
        return FIRST_ID + oldest + random.below(lastAuction + 11 - oldest);
    }

    private static String creditCard(RandomNumbers random) {
        char[] digits = new char[19];
        for (int start = 0; start < digits.length; start += 5) {
            int group = random.below(10_000);
            for (int i = start + 3; i >= start; i--) {
                digits[i] = (char) ('0' + group % 10);
                group /= 10;
            }
            if (start > 0) {
                digits[start - 1] = ' ';
            }
        }
        return new String(digits);
    }

    private static String any(String[] values, RandomNumbers random) {
        return values[random.below(values.length)];
    }
}
